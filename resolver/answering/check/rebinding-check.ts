import type { HashedName } from '../../policy/hashed-name.ts';
import { addSoa } from '../../wire/answer.ts';
import { HEADER_LENGTH, offset, rcode, readUint16, type, writeUint16, writeUint32 } from '../../wire/header.ts';
import { skipName } from '../../wire/name.ts';
import { RecordWalk } from '../../wire/records.ts';
import { type PackedAnswer, packAnswer, withhold } from '../cache/packed-answer.ts';
import type { LocalKnowledge } from '../local/local-knowledge.ts';
import { ofHouseholds } from '../local/special-use.ts';
import { Domains } from '../upstream/domains.ts';
import type { CheckAnswer } from './check-answer.ts';
import { isPrivateIPv4, isPrivateIPv6 } from './private-addresses.ts';

export interface RebindingOptions {
  readonly on: boolean;
  /** Domains that may lead into the house. */
  readonly allow: readonly string[];
}

/** Some services give every household names of its own below a public one; they work by leading into the house. */
export const rebindingDefaults: RebindingOptions = { on: true, allow: ['plex.direct'] };

/** Seconds until a withheld answer is asked for again. */
const TTL = 60;

/** SvcParamKeys of RFC 9460 section 7.3. */
const ipv4hint = 4;
const ipv6hint = 6;

const walk = new RecordWalk();

/**
 * Withholds answers by which a public name leads into the house: a web page could use its own name to reach the
 * router or a camera (DNS rebinding). What comes of it is an empty answer that says why.
 */
export class RebindingCheck implements CheckAnswer {
  private readonly exempt = new Domains<true>();
  private readonly on: boolean;
  private readonly aliases: Pick<LocalKnowledge, 'aliasAt'>;

  /**
   * @param deps.conditional domains with servers of their own: not public
   * @param deps.aliases aliases are the household's own word; where they lead to is what counts
   */
  constructor(deps: {
    options: RebindingOptions;
    conditional: readonly string[];
    aliases: Pick<LocalKnowledge, 'aliasAt'>;
  }) {
    const { options, conditional } = deps;
    this.on = options.on;
    this.aliases = deps.aliases;
    for (const domain of [...options.allow, ...conditional, 'home.arpa', 'local', ...ofHouseholds]) {
      this.exempt.add(domain, true);
    }
  }

  check(name: HashedName, answer: Uint8Array, packed: PackedAnswer): PackedAnswer {
    if (!this.on || !leadsInside(answer)) return packed;
    const asked = this.aliases.aliasAt(name)?.target ?? name.name.bytes;
    // A name of one label is nobody's but the household's.
    const isPublic = asked[0] !== 0 && asked[asked[0] + 1] !== 0 && !this.exempt.find(asked);
    return isPublic ? withheld(answer) : packed;
  }
}

function leadsInside(message: Uint8Array): boolean {
  walk.start(message);
  while (walk.next()) {
    const { dataAt, dataLength } = walk;
    if (walk.type === type.A && dataLength === 4) {
      if (isPrivateIPv4(message, dataAt)) return true;
    } else if (walk.type === type.AAAA && dataLength === 16) {
      if (isPrivateIPv6(message, dataAt)) return true;
    } else if (walk.type === type.SVCB || walk.type === type.HTTPS) {
      if (hintsInside(message, dataAt, walk.end)) return true;
    }
  }
  return false;
}

function hintsInside(message: Uint8Array, dataAt: number, end: number): boolean {
  let at = skipName(message, dataAt + 2, end);
  while (at > 0 && at + 4 <= end) {
    const key = readUint16(message, at);
    const value = at + 4;
    at = value + readUint16(message, at + 2);
    if (at > end) return false;
    if (key === ipv4hint) {
      for (let i = value; i + 4 <= at; i += 4) if (isPrivateIPv4(message, i)) return true;
    } else if (key === ipv6hint) {
      for (let i = value; i + 16 <= at; i += 16) if (isPrivateIPv6(message, i)) return true;
    }
  }
  return false;
}

/** The same question, answered with nothing. */
function withheld(answer: Uint8Array): PackedAnswer {
  const questionEnd = skipName(answer, HEADER_LENGTH, answer.length) + 4;
  const empty = new Uint8Array(questionEnd + 36);
  empty.set(answer.subarray(0, questionEnd));
  writeUint16(empty, offset.flags, (readUint16(answer, offset.flags) & 0xff00) | rcode.noerror);
  writeUint32(empty, offset.ancount, 0);
  writeUint16(empty, offset.arcount, 0);
  addSoa(empty, 0, questionEnd, TTL);
  const packed = packAnswer(empty);
  if (!packed) throw new Error('an answer of our own was malformed');
  return withhold(packed);
}

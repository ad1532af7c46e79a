import ipaddr from 'ipaddr.js';
import { purposes } from '../../lists/purposes.ts';
import type { BlockMode, PolicySettings } from '../policy/model.ts';
import { reason, type Verdict } from '../policy/verdict.ts';
import { addRecord, addSoa, beginAnswer, endAnswer } from '../wire/answer.ts';
import { extendedError, extendedErrorData } from '../wire/edns.ts';
import { rcode, type } from '../wire/header.ts';
import type { Question } from '../wire/question.ts';

const NULL_IPV4 = new Uint8Array(4);
const NULL_IPV6 = new Uint8Array(16);

const byPurpose = purposes.map(({ id, title }) => extendedErrorData(extendedError.blocked, `${id}: ${title}`));
const byList = extendedErrorData(extendedError.blocked, 'on a block list of this household');
const byHold = extendedErrorData(extendedError.filtered, 'nobody in this household has decided about this device yet');
const byRule = extendedErrorData(extendedError.filtered, 'a rule of this household');

/** Says on the wire that a name is blocked, in the household's way. */
export class BlockAnswer {
  private readonly mode: BlockMode;
  private readonly ttl: number;
  private readonly sinkholeIPv4: Uint8Array | undefined;
  private readonly sinkholeIPv6: Uint8Array | undefined;

  constructor(settings: PolicySettings) {
    this.mode = settings.blockMode;
    this.ttl = settings.blockTtl;
    this.sinkholeIPv4 = octets(settings.sinkhole?.ipv4);
    this.sinkholeIPv6 = octets(settings.sinkhole?.ipv6);
  }

  /** @returns offset after the answer */
  write(question: Question, message: Uint8Array, start: number, verdict: Verdict, out: Uint8Array, at: number): number {
    const mode = verdict.mode ?? this.mode;
    const ttl = verdict.ttl >= 0 ? verdict.ttl : this.ttl;
    const code = mode === 'nxdomain' ? rcode.nxdomain : mode === 'refused' ? rcode.refused : rcode.noerror;
    const begun = beginAnswer(message, start, question, out, at, code);
    const address = mode === 'null' || mode === 'sinkhole' ? this.address(question.qtype, mode) : undefined;
    // Negative answers without an SOA are not cached, and the phone asks again at once (RFC 2308 section 5).
    const end = address
      ? addRecord(out, at, begun, question.qtype, ttl, address)
      : mode === 'refused'
        ? begun
        : addSoa(out, at, begun, ttl);
    return endAnswer(question, out, at, end, 0, question.edns.present ? explanation(verdict) : undefined);
  }

  private address(qtype: number, mode: BlockMode): Uint8Array | undefined {
    if (qtype === type.A) return mode === 'null' ? NULL_IPV4 : this.sinkholeIPv4;
    if (qtype === type.AAAA) return mode === 'null' ? NULL_IPV6 : this.sinkholeIPv6;
    return undefined;
  }
}

function explanation(verdict: Verdict): Uint8Array {
  if (verdict.kind === reason.rule) return byRule;
  if (verdict.kind === reason.hold) return byHold;
  return verdict.kind === reason.purpose ? byPurpose[verdict.number] : byList;
}

const octets = (address: string | undefined): Uint8Array | undefined =>
  address === undefined ? undefined : Uint8Array.from(ipaddr.parse(address).toByteArray());

import { addRecord, addSoa, beginAnswer, endAnswer, QNAME_POINTER } from '../../wire/answer.ts';
import { rcode, type } from '../../wire/header.ts';
import type { Exchange } from '../exchange.ts';
import type { OwnNetworks } from '../guard/own-networks.ts';
import { type DesignatedOptions, DesignatedResolver } from './designated-resolver.ts';
import { HostsFile } from './hosts-file.ts';
import type { Knowledge } from './knowledge.ts';
import { EmptyZone, elsewhere, OutsideAlias, Records } from './knowledge.ts';
import { LocalNames } from './local-names.ts';
import { LocalZone } from './local-zone.ts';
import { OwnAddresses } from './own-addresses.ts';
import { asciiName, type LocalRecord, recordData } from './record-data.ts';
import { canary, delegated, nowhere, ofHouseholds, privateRelay } from './special-use.ts';

export interface LocalOptions {
  readonly records: readonly LocalRecord[];
  /** Names that this resolver itself is asked for. */
  readonly ownNames: readonly string[];
  /** Path of a file like /etc/hosts; read again whenever it changes. */
  readonly hostsFile?: string;
  /** Names and addresses that mean something in a household only are never asked for outside. */
  readonly keepPrivateNames: boolean;
  /** iCloud Private Relay takes look-ups past this household; the phone is told that it is not to be had. */
  readonly blockPrivateRelay: boolean;
  /** What phones are told of our encrypted listeners, when there are any. */
  readonly designated?: DesignatedOptions;
}

export const localDefaults: LocalOptions = {
  records: [],
  ownNames: ['quell.home.arpa'],
  keepPrivateNames: true,
  blockPrivateRelay: true,
};

export interface LocalDeps {
  readonly options: LocalOptions;
  /** Domains with servers of their own: no special-use zone speaks for names in them. */
  readonly conditional: readonly string[];
  readonly own: OwnNetworks;
  readonly say: (sentence: string) => void;
}

/** Seconds that "there is no such name" holds. */
const NEGATIVE_TTL = 600;

/** RFC 8482 section 4.2: an answer to ANY that nobody can amplify with. */
const minimalAny = Uint8Array.from([7, ...Buffer.from('RFC8482'), 0]);
const ANY_TTL = 3600;

/** Names that the house answers for itself: the household's records, its own name, and names that nobody outside has. */
export class LocalKnowledge {
  private readonly deps: LocalDeps;
  private readonly hosts: HostsFile | undefined;
  private designated: DesignatedOptions | undefined;
  private names: LocalNames;

  constructor(deps: LocalDeps) {
    this.deps = deps;
    const { hostsFile, designated } = deps.options;
    this.designated = designated;
    if (hostsFile !== undefined) {
      this.hosts = new HostsFile({ path: hostsFile, changed: () => this.rebuild(), say: deps.say });
    }
    this.names = this.build();
  }

  /** Resolves when the hosts file is read; until then its names are asked outside. */
  async start(): Promise<void> {
    await this.hosts?.start();
  }

  stop(): void {
    this.hosts?.stop();
  }

  /** Where encrypted listeners are from now on, if anywhere. */
  designate(designated: DesignatedOptions | undefined): void {
    this.designated = designated;
    this.rebuild();
  }

  /** @returns offset after the answer, or 0 when the question is not for the house; then `x.isAlias` is set */
  answer(x: Exchange): number {
    x.isAlias = false;
    if (x.question.qtype === type.ANY) return this.answerAny(x);
    const known = this.names.find(x.name);
    if (!known) return 0;
    if (known.speaksOf(x)) return write(x, known);
    x.isAlias = known instanceof OutsideAlias;
    return 0;
  }

  /** The alias that stands at a name and leads outside, if one does. */
  aliasAt(name: Exchange['name']): OutsideAlias | undefined {
    const known = this.names.find(name);
    return known instanceof OutsideAlias ? known : undefined;
  }

  private answerAny(x: Exchange): number {
    const begun = beginAnswer(x.message, x.start, x.question, x.out, x.at, rcode.noerror);
    const end = addRecord(x.out, x.at, begun, type.HINFO, ANY_TTL, minimalAny);
    return endAnswer(x.question, x.out, x.at, end, 0, undefined);
  }

  private rebuild(): void {
    this.names = this.build();
  }

  /** What stands first is not overruled by what follows: the household's word, our own name, then the zones. */
  private build(): LocalNames {
    const { options, conditional, own, say } = this.deps;
    const names = new LocalNames();
    const zones = this.zones();
    for (const domain of conditional) names.add(domain, 'zone', elsewhere);
    for (const [zone, knowledge] of zones) names.add(zone, 'zone', knowledge);
    const household = new LocalZone(names, new Set(zones.keys()), say);
    household.add(options.records);
    const addresses = new OwnAddresses(own);
    for (const name of options.ownNames) household.put(name, addresses);
    household.add(this.hosts?.records ?? []);
    const { designated } = this;
    household.put('_dns.resolver.arpa', designated ? new DesignatedResolver(designated, own) : new Records([]));
    if (designated) household.put(designated.name, addresses);
    household.finish();
    return names;
  }

  private zones(): Map<string, Knowledge> {
    const { options, conditional } = this.deps;
    const zones = new Map<string, Knowledge>();
    zones.set('localhost', localhost);
    for (const zone of nowhere) zones.set(zone, new EmptyZone());
    zones.set(canary, new EmptyZone());
    if (options.blockPrivateRelay) for (const name of privateRelay) zones.set(name, new EmptyZone());
    if (options.keepPrivateNames) {
      for (const zone of ofHouseholds) zones.set(zone, new EmptyZone());
      for (const zone of delegated) zones.set(zone, new EmptyZone(zone.split('.').length));
    } else {
      zones.set('resolver.arpa', new EmptyZone(2));
    }
    const domains = conditional.map(asciiName);
    for (const zone of zones.keys()) {
      if (domains.some((domain) => zone === domain || zone.endsWith(`.${domain}`))) zones.delete(zone);
    }
    return zones;
  }
}

const localhost = new Records([
  recordData({ name: 'localhost', type: 'A', value: '127.0.0.1' }),
  recordData({ name: 'localhost', type: 'AAAA', value: '::1' }),
]);

function write(x: Exchange, known: Knowledge): number {
  const begun = beginAnswer(x.message, x.start, x.question, x.out, x.at, known.code(x));
  let end = known.append(x, begun, QNAME_POINTER);
  if (end === begun) end = addSoa(x.out, x.at, end, NEGATIVE_TTL);
  return endAnswer(x.question, x.out, x.at, end, 0, undefined);
}

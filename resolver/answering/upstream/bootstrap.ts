import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { SAFE_PAYLOAD, writeOpt } from '../../wire/edns.ts';
import { classIn, HEADER_LENGTH, offset, type, writeUint16 } from '../../wire/header.ts';
import { nameFromText } from '../../wire/name.ts';
import { RecordWalk } from '../../wire/records.ts';
import { type Upstream, UpstreamFailed } from './upstream.ts';

/** Milliseconds for one look-up. */
const BUDGET = 3_000;
/** Milliseconds that addresses are used before they are looked up anew; they stay in use if that fails. */
const KEEP = 600_000;
const LONGEST_QUERY = 300;

/** Addresses of upstreams that are given by host name: we can't ask ourselves for them. */
export class Bootstrap {
  private readonly servers: readonly Upstream[];
  private readonly now: () => number;
  private readonly known = new Map<string, { addresses: LookupAddress[]; until: number }>();
  private readonly pending = new Map<string, Promise<LookupAddress[]>>();

  /** @param now monotonic milliseconds */
  constructor(servers: readonly Upstream[], now: () => number) {
    this.servers = servers;
    this.now = now;
  }

  /** As `net.connect` and its kin want it. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.addresses(host).then(
      (addresses) => {
        if (options.all) callback(null, addresses);
        else callback(null, addresses[0].address, addresses[0].family);
      },
      (error) => callback(error, []),
    );
  };

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.stop()));
  }

  private async addresses(host: string): Promise<LookupAddress[]> {
    const known = this.known.get(host);
    if (known && this.now() < known.until) return known.addresses;
    const pending = this.pending.get(host) ?? this.resolve(host).finally(() => this.pending.delete(host));
    this.pending.set(host, pending);
    try {
      const addresses = await pending;
      this.known.set(host, { addresses, until: this.now() + KEEP });
      return addresses;
    } catch (error) {
      if (known) return known.addresses;
      throw error;
    }
  }

  private async resolve(host: string): Promise<LookupAddress[]> {
    for (const server of this.servers) {
      const answers = await Promise.allSettled([this.ask(server, host, type.A), this.ask(server, host, type.AAAA)]);
      const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
      if (addresses.length > 0) return addresses;
    }
    throw new UpstreamFailed(`No bootstrap server knows the address of ${host}; give the upstream's address, too.`);
  }

  private async ask(server: Upstream, host: string, qtype: number): Promise<LookupAddress[]> {
    const answer = await new Promise<Uint8Array>((answered, failed) =>
      server.ask(addressQuery(host, qtype), BUDGET, { answered: (answer) => answered(new Uint8Array(answer)), failed }),
    );
    const walk = new RecordWalk();
    const addresses: LookupAddress[] = [];
    walk.start(answer);
    while (walk.next()) {
      if (walk.section !== 'answer' || walk.type !== qtype) continue;
      const data = answer.subarray(walk.dataAt, walk.dataAt + walk.dataLength);
      const address = qtype === type.A ? data.join('.') : ipv6Text(data);
      addresses.push({ address, family: qtype === type.A ? 4 : 6 });
    }
    return addresses;
  }
}

const ipv6Text = (data: Uint8Array): string =>
  Array.from({ length: 8 }, (_, i) => ((data[2 * i] << 8) | data[2 * i + 1]).toString(16)).join(':');

function addressQuery(host: string, qtype: number): Uint8Array {
  const name = nameFromText(host);
  if (!name) throw new UpstreamFailed(`${host} is no host name.`);
  const query = new Uint8Array(LONGEST_QUERY);
  query[offset.flags] = 1; // RD
  writeUint16(query, offset.qdcount, 1);
  writeUint16(query, offset.arcount, 1);
  query.set(name, HEADER_LENGTH);
  const after = HEADER_LENGTH + name.length;
  writeUint16(query, after, qtype);
  writeUint16(query, after + 2, classIn);
  return query.subarray(0, writeOpt(query, after + 4, SAFE_PAYLOAD, 0, false));
}

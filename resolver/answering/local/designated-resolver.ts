import { addRecord } from '../../wire/answer.ts';
import { rcode, type, writeUint16 } from '../../wire/header.ts';
import { nameFromText } from '../../wire/name.ts';
import type { Exchange } from '../exchange.ts';
import type { OwnNetworks } from '../guard/own-networks.ts';
import type { Knowledge } from './knowledge.ts';

export interface DesignatedOptions {
  /** The name on our certificate. */
  readonly name: string;
  /** Port of DNS over TLS, when it is served. */
  readonly tlsPort?: number;
  /** DNS over HTTPS, when it is served. */
  readonly https?: { readonly port: number; readonly path: string };
}

/** SvcParamKeys (RFC 9460 section 14.3.2, RFC 9461 section 5), in the order that they must stand in. */
const key = { alpn: 1, port: 3, ipv4hint: 4, ipv6hint: 6, dohpath: 7 } as const;
const TTL = 300;

/** Tells clients that found us in plain text where we speak encrypted (RFC 9462 section 4). */
export class DesignatedResolver implements Knowledge {
  private readonly services: readonly { readonly before: Uint8Array; readonly after: Uint8Array }[];
  private readonly own: OwnNetworks;

  /** A name that is none designates nobody. */
  constructor({ name, tlsPort, https }: DesignatedOptions, own: OwnNetworks) {
    this.own = own;
    const target = nameFromText(name);
    const ways = [
      ...(tlsPort === undefined ? [] : [{ alpn: ['dot'], port: tlsPort, path: undefined }]),
      ...(https === undefined ? [] : [{ alpn: ['h2', 'http/1.1'], port: https.port, path: `${https.path}{?dns}` }]),
    ];
    this.services = (target ? ways : []).map(({ alpn, port, path }, i) => ({
      before: Uint8Array.from([
        0,
        i + 1,
        ...target!,
        ...alpnParameter(alpn),
        ...parameter(key.port, [port >>> 8, port & 255]),
      ]),
      after: Uint8Array.from(path === undefined ? [] : parameter(key.dohpath, Buffer.from(path))),
    }));
  }

  speaksOf(): boolean {
    return true;
  }

  code(): number {
    return rcode.noerror;
  }

  append(x: Exchange, end: number, owner: number): number {
    if (x.question.qtype !== type.SVCB) return end;
    const addresses = this.own.addressesFor(x.client.address);
    const hints = [...hint(key.ipv4hint, 4, addresses), ...hint(key.ipv6hint, 16, addresses)];
    for (const { before, after } of this.services) {
      end = addRecord(x.out, x.at, end, type.SVCB, TTL, Uint8Array.from([...before, ...hints, ...after]), owner);
    }
    return end;
  }
}

function parameter(code: number, value: ArrayLike<number>): number[] {
  const head = new Uint8Array(4);
  writeUint16(head, 0, code);
  writeUint16(head, 2, value.length);
  return [...head, ...Array.from(value)];
}

const alpnParameter = (protocols: readonly string[]): number[] =>
  parameter(
    key.alpn,
    protocols.flatMap((protocol) => [protocol.length, ...Buffer.from(protocol)]),
  );

function hint(code: number, octets: number, addresses: readonly Uint8Array[]): number[] {
  const fitting = addresses.filter((address) => address.length === octets).slice(0, 8);
  return fitting.length === 0
    ? []
    : parameter(
        code,
        fitting.flatMap((address) => [...address]),
      );
}

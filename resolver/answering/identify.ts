import ipaddr from 'ipaddr.js';
import type { DeviceTable, UnknownClient } from '../between/device-table.ts';
import type { CompiledDevice } from '../policy/compiled-device.ts';
import type { Policy } from '../policy/policy.ts';
import { readUint16, readUint32 } from '../wire/header.ts';
import type { Question } from '../wire/question.ts';
import { macNumber, readMac } from './mac.ts';

/** Clients kept before all are forgotten and met anew: an address costs memory, and anybody can invent them. */
const MAX_CLIENTS = 20_000;

/** A device while this process runs: what policy says of it, and how much it asked since the last flush. */
export interface DeviceState {
  /** Device id, or the client's address while no device is known. */
  readonly id: string;
  policy: CompiledDevice;
  total: number;
  blocked: number;
}

/** Somebody who asks: an address, or a name under DoT or DoH. Kept from question to question. */
export interface Client {
  /** Canonical text of the address that questions come from. */
  readonly address: string;
  readonly name?: string;
  /** A forwarder whose word about who asks is believed. */
  readonly trusted: boolean;
  device: DeviceState;
  /** Another IPv6 client with the same hash. */
  readonly next?: Client;
}

interface Ipv6Client extends Client {
  readonly words: readonly number[];
  readonly next?: Ipv6Client;
}

/** Tells which device is behind a question. Look-ups by address cost no text; texts are made once per client. */
export class Clients {
  private readonly trusted: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  private readonly unknown: (client: UnknownClient) => void;
  private policy: Policy;
  private devices = new Map<string, DeviceState>();
  private addresses: ReadonlyMap<string, string> = new Map();
  private macs: ReadonlyMap<number, string> = new Map();
  private names: ReadonlyMap<string, string> = new Map();
  private texts = new Map<string, Client>();
  private ipv4 = new Map<number, Client>();
  private ipv6 = new Map<number, Ipv6Client>();

  /**
   * @param deps.trustedForwarders CIDRs whose EDNS MAC and client subnet are believed
   * @param deps.unknown called once per client and device table
   */
  constructor(deps: {
    trustedForwarders: readonly string[];
    policy: Policy;
    unknown: (client: UnknownClient) => void;
  }) {
    this.trusted = deps.trustedForwarders.map((cidr) => ipaddr.parseCIDR(cidr));
    this.policy = deps.policy;
    this.unknown = deps.unknown;
  }

  usePolicy(policy: Policy): void {
    this.policy = policy;
    for (const device of this.devices.values()) device.policy = policy.device(device.id);
  }

  /** Clients are met anew under the new table, so that no address keeps what it once was. */
  useTable(table: DeviceTable): void {
    this.addresses = new Map(table.addresses);
    this.macs = new Map(table.macs.map(([mac, device]) => [macNumber(mac), device]));
    this.names = new Map(table.names);
    this.forgetClients();
  }

  ofIPv4(word: number): Client {
    const known = this.ipv4.get(word);
    if (known) return known;
    const client = this.ofText(`${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`);
    this.ipv4.set(word, client);
    return client;
  }

  ofIPv6(bytes: Uint8Array, at: number): Client {
    const a = readUint32(bytes, at);
    const b = readUint32(bytes, at + 4);
    const c = readUint32(bytes, at + 8);
    const d = readUint32(bytes, at + 12);
    const key = Math.imul(a ^ Math.imul(b, 31), 0x9e3779b1) ^ Math.imul(c ^ Math.imul(d, 31), 0x85ebca6b);
    const first = this.ipv6.get(key);
    for (let client = first; client; client = client.next) {
      const { words } = client;
      if (words[0] === a && words[1] === b && words[2] === c && words[3] === d) return client;
    }
    const text = new ipaddr.IPv6([...bytes.subarray(at, at + 16)]).toString();
    const client: Ipv6Client = { ...this.ofText(text), words: [a, b, c, d], next: first };
    this.ipv6.set(key, client);
    return client;
  }

  /** @param address canonical text */
  ofText(address: string): Client {
    const known = this.texts.get(address);
    if (known) return known;
    const device = this.addresses.get(address);
    if (device === undefined) this.unknown({ address });
    return this.keep(address, { address, trusted: this.isTrusted(address), device: this.state(device ?? address) });
  }

  /** A client that names itself, by its DoT server name or DoH path; an unknown name is its address. */
  ofName(name: string, address: string): Client {
    const key = `${name}@${address}`;
    const known = this.texts.get(key);
    if (known) return known;
    const device = this.names.get(name.toLowerCase());
    if (device === undefined) return this.ofText(address);
    return this.keep(key, { address, name, trusted: false, device: this.state(device) });
  }

  /** The device that a question is about: the client's own, or whom a trusted forwarder asks for. */
  device(client: Client, question: Question, message: Uint8Array): DeviceState {
    if (!client.trusted) return client.device;
    const { macAt, macLength, subnetAt, subnetLength } = question.edns;
    const address = subnetAt < 0 ? undefined : hostOfSubnet(message, subnetAt, subnetLength);
    const mac = macAt < 0 ? -1 : readMac(message, macAt, macLength);
    if (mac >= 0) {
      const device = this.macs.get(mac);
      if (device !== undefined) return this.state(device);
      return this.behindForwarder(client, mac, address);
    }
    return address === undefined ? client.device : this.ofText(address).device;
  }

  /** Every device that asked since it was last read; its counters are the caller's to clear. */
  get states(): Iterable<DeviceState> {
    return this.devices.values();
  }

  private behindForwarder(client: Client, mac: number, address: string | undefined): DeviceState {
    const text = mac
      .toString(16)
      .padStart(12, '0')
      .replace(/(..)(?=.)/g, '$1:');
    const key = `${text}@${client.address}`;
    const known = this.texts.get(key);
    if (known) return known.device;
    this.unknown({ address, mac: text });
    return this.keep(key, { address: client.address, trusted: false, device: this.state(text) }).device;
  }

  private keep(key: string, client: Client): Client {
    if (this.texts.size >= MAX_CLIENTS) this.forgetClients();
    this.texts.set(key, client);
    return client;
  }

  private state(id: string): DeviceState {
    let device = this.devices.get(id);
    if (!device) {
      device = { id, policy: this.policy.device(id), total: 0, blocked: 0 };
      this.devices.set(id, device);
    }
    return device;
  }

  private forgetClients(): void {
    this.texts.clear();
    this.ipv4.clear();
    this.ipv6.clear();
    for (const device of this.devices.values()) if (device.total === 0) this.devices.delete(device.id);
  }

  private isTrusted(address: string): boolean {
    if (this.trusted.length === 0) return false;
    const parsed = ipaddr.parse(address);
    return this.trusted.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }
}

/** The address of a client subnet option that names one host (RFC 7871 section 6); undefined for wider ones. */
function hostOfSubnet(message: Uint8Array, at: number, length: number): string | undefined {
  if (length < 4) return undefined;
  const octets = readUint16(message, at) === 1 ? 4 : 16;
  if (message[at + 2] !== octets * 8 || length !== 4 + octets) return undefined;
  return ipaddr.fromByteArray([...message.subarray(at + 4, at + 4 + octets)]).toString();
}

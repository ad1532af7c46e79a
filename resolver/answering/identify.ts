import ipaddr from 'ipaddr.js';
import type { DeviceTable, UnknownClient } from '../between/device-table.ts';
import type { DeviceTableChange } from '../between/device-table-change.ts';
import type { Policy } from '../policy/policy.ts';
import type { Question } from '../wire/question.ts';
import { type Client, strangerId, type Who } from './client.ts';
import { hostOfSubnet } from './client-subnet.ts';
import { type DeviceState, DeviceStates } from './device-states.ts';
import type { Standing } from './guard/standing.ts';
import { Ipv6Clients } from './ipv6-clients.ts';
import { KnownDevices } from './known-devices.ts';
import { macText, readMac } from './mac.ts';
import type { Neighbours } from './neighbours/neighbours.ts';

/** Clients kept before all are forgotten and met anew: an address costs memory, and anybody can invent them. */
const MAX_CLIENTS = 20_000;

/** Milliseconds: an address that was quiet for so long may have passed to another device meanwhile. */
const QUIET = 5_000;
/** Milliseconds that the kernel is not asked again about an address which it has no MAC for. */
const NONE_FOR = 1_000;

/** Whom the kernel has behind an address. */
type Kernel = Pick<Neighbours, 'mayLook' | 'macOf' | 'isNear'>;

/** Tells which device is behind a question. Look-ups by address cost no text; texts are made once per client. */
export class Clients {
  private readonly trusted: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];
  private readonly unknown: (client: UnknownClient) => void;
  private readonly standing: (address: string) => Standing;
  private readonly devices: DeviceStates;
  private readonly neighbours: Kernel | undefined;
  private readonly known = new KnownDevices();
  private texts = new Map<string, Client>();
  private ipv4 = new Map<number, Client>();
  private readonly ipv6 = new Ipv6Clients();

  /**
   * @param deps.trustedForwarders CIDRs whose EDNS MAC, client subnet and CPE-ID are believed
   * @param deps.standing what the house makes of an address; without it everybody is of the house
   * @param deps.neighbours without them the table alone says whose an address is
   * @param deps.unknown called once per client and device table
   */
  constructor(deps: {
    trustedForwarders: readonly string[];
    policy: Policy;
    standing?: (address: string) => Standing;
    neighbours?: Kernel;
    unknown: (client: UnknownClient) => void;
  }) {
    this.trusted = deps.trustedForwarders.map((cidr) => ipaddr.parseCIDR(cidr));
    this.devices = new DeviceStates(deps.policy);
    this.unknown = deps.unknown;
    this.neighbours = deps.neighbours;
    this.standing = deps.standing ?? (() => 'own');
  }

  usePolicy(policy: Policy): void {
    this.devices.usePolicy(policy);
  }

  /** Policy is looked up by device: no client keeps the device that its address once was. */
  useTable(table: DeviceTable): void {
    this.known.use(table);
    for (const client of this.texts.values()) this.reassign(client);
  }

  /** @returns false when the change is of a table that never came: all of it has to be asked for again */
  changeTable(change: DeviceTableChange): boolean {
    if (change.since !== this.known.version) return false;
    this.known.change(change);
    const { addresses, macs, names, shared } = change;
    // Anybody may be behind a MAC.
    const isAboutAll = shared !== undefined || [macs, names].some(({ put, gone }) => put.length + gone.length > 0);
    const touched = isAboutAll ? this.texts.keys() : [...addresses.put.map(([address]) => address), ...addresses.gone];
    for (const key of touched) {
      const client = this.texts.get(key);
      if (client) this.reassign(client);
    }
    return true;
  }

  /** This machine's networks have changed, and with them who belongs to the house. */
  judgeAgain(): void {
    for (const client of this.texts.values()) {
      client.standing = this.standing(client.address);
      client.lookAt = this.firstLook(client);
    }
  }

  ofIPv4(word: number): Client {
    const known = this.ipv4.get(word);
    if (known) return known;
    const client = this.ofText(`${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`);
    this.ipv4.set(word, client);
    return client;
  }

  ofIPv6(bytes: Uint8Array, at: number): Client {
    const known = this.ipv6.get(bytes, at);
    if (known) return known;
    const client = this.ofText(new ipaddr.IPv6([...bytes.subarray(at, at + 16)]).toString());
    this.ipv6.set(bytes, at, client);
    return client;
  }

  /** @param address canonical text */
  ofText(address: string): Client {
    return this.texts.get(address) ?? this.meet(address, { address, trusted: this.isTrusted(address) });
  }

  /** A client that names itself, by its DoT server name or DoH path; one with an unknown name is its address. */
  ofName(name: string, address: string): Client {
    const label = name.toLowerCase();
    if (this.known.ofName(label) === undefined) return this.ofText(address);
    const key = `${label}@${address}`;
    return this.texts.get(key) ?? this.meet(key, { address, name: label, trusted: false });
  }

  /**
   * The device that a question is about: the client's own, or whom a trusted forwarder asks for.
   * @param now monotonic milliseconds
   */
  device(client: Client, question: Question, message: Uint8Array, now: number): DeviceState {
    const asker = client.trusted ? this.behind(client, question, message) : client;
    if (now >= asker.lookAt) this.look(asker, now, asker === client);
    else if (asker.neighbour >= 0) asker.lookAt = now + QUIET;
    if (!asker.noted && !asker.isUnsettled && asker.standing !== 'machine') this.note(asker);
    return asker.device;
  }

  /** This machine is a device once it wants to know more than the house knows itself, which the watchdog never does. */
  asksOutside(client: Client): void {
    if (client.standing === 'machine' && client.device.total > 0) this.note(client);
  }

  /** The wire was asked whose the address is: what the kernel knows by now holds. */
  settle(client: Client, now: number): void {
    client.isUnsettled = false;
    client.lookAt = now;
  }

  /** Every device that asked since it was last read; its counters are the caller's to clear. */
  get states(): Iterable<DeviceState> {
    return this.devices.all();
  }

  /**
   * A MAC says most. A CPE-ID counts only as the name of a known device: an unknown one is a provider's or a router's
   * own mark, the same for all behind it, and as a device's name it would make one device of them.
   */
  private behind(forwarder: Client, { edns }: Question, message: Uint8Array): Client {
    const mac = edns.macAt < 0 ? -1 : readMac(message, edns.macAt, edns.macLength);
    const address = edns.subnetAt < 0 ? undefined : hostOfSubnet(message, edns.subnetAt, edns.subnetLength);
    if (mac < 0 && edns.cpeIdAt >= 0) {
      const cpeId = Buffer.from(message.buffer, message.byteOffset + edns.cpeIdAt, edns.cpeIdLength).toString();
      return this.ofName(cpeId, address ?? forwarder.address);
    }
    if (mac < 0) return address === undefined ? forwarder : this.ofText(address);
    const key = `${mac}@${address ?? ''}`;
    return this.texts.get(key) ?? this.meet(key, { address: address ?? '', mac, trusted: false });
  }

  private meet(key: string, who: Who): Client {
    if (this.texts.size >= MAX_CLIENTS) this.forgetClients();
    const device = this.deviceOf(who, -1);
    const client: Client = {
      ...who,
      neighbour: -1,
      lookAt: 0,
      isUnsettled: false,
      wasSought: false,
      standing: this.standing(who.address),
      sumEnds: 0,
      octetsAsked: 0,
      octetsAnswered: 0,
      device: this.devices.of(device ?? strangerId(who)),
      noted: device !== undefined,
    };
    client.lookAt = this.firstLook(client);
    this.texts.set(key, client);
    return client;
  }

  /** Whose address says nothing of who asks, and who is this machine or from outside, is not looked for. */
  private firstLook({ address, name, mac, standing }: Client): number {
    const isMeant = address !== '' && name === undefined && mac === undefined;
    const isNear = standing === 'own' || standing === 'forwarder';
    return this.neighbours && isMeant && isNear ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Asks the kernel who has the address now. @param waits its questions can wait for the wire */
  private look(client: Client, now: number, waits: boolean): void {
    if (client.isUnsettled || !this.neighbours?.mayLook(now)) return;
    const neighbour = this.neighbours.macOf(client.address);
    client.lookAt = now + (neighbour < 0 ? NONE_FOR : QUIET);
    if (neighbour !== client.neighbour) {
      client.neighbour = neighbour;
      this.assign(client);
    }
    if (neighbour >= 0 || client.wasSought || this.known.hasAddress(client.address)) return;
    client.wasSought = true;
    client.isUnsettled = waits && this.neighbours.isNear(client.address);
  }

  private reassign(client: Client): void {
    if (this.known.disagrees(client.address, client.neighbour)) {
      client.neighbour = -1;
      client.lookAt = 0;
    }
    this.assign(client);
  }

  private assign(client: Client): void {
    const device = this.deviceOf(client, client.neighbour);
    client.device = this.devices.of(device ?? strangerId(client));
    client.noted = device !== undefined;
  }

  private deviceOf({ address, name, mac }: Who, neighbour: number): string | undefined {
    if (name !== undefined) return this.known.ofName(name);
    return mac === undefined ? this.known.ofAddress(address, neighbour) : this.known.ofMac(mac);
  }

  private note(client: Client): void {
    client.noted = true;
    const { address, name, mac, neighbour } = client;
    this.unknown({
      ...(address && { address }),
      ...(name && { name }),
      ...(mac !== undefined && { mac: macText(mac) }),
      ...(neighbour >= 0 && { neighbour: macText(neighbour) }),
    });
  }

  private forgetClients(): void {
    this.texts.clear();
    this.ipv4.clear();
    this.ipv6.clear();
    this.devices.forgetQuiet();
  }

  private isTrusted(address: string): boolean {
    if (this.trusted.length === 0) return false;
    const parsed = ipaddr.parse(address);
    return this.trusted.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }
}

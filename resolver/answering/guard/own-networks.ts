import { readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface OwnAddress {
  readonly interfaceName: string;
  readonly internal: boolean;
  /** Who is there has a MAC; not so in a tunnel. */
  readonly hasMacs: boolean;
  readonly octets: Uint8Array;
  readonly address: Address;
  readonly bits: number;
}

export type Interfaces = () => NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Milliseconds between two looks: prefixes change when the provider says so. */
const EVERY = 30_000;

/** This machine's addresses and the networks that they stand in. */
export class OwnNetworks {
  private readonly interfaces: Interfaces;
  private readonly routers: () => ReadonlySet<string>;
  private addresses: readonly OwnAddress[];
  private gateways: ReadonlySet<string>;
  private timer: NodeJS.Timeout | undefined;

  /** @param routers addresses that the default routes lead to */
  constructor(interfaces: Interfaces = networkInterfaces, routers: () => ReadonlySet<string> = defaultGateways) {
    this.interfaces = interfaces;
    this.routers = routers;
    this.addresses = read(interfaces);
    this.gateways = routers();
  }

  /** @param changed is told when this machine is no longer where it was */
  start(changed: () => void): void {
    this.timer = setInterval(() => {
      if (this.refresh()) changed();
    }, EVERY);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @returns whether anything changed */
  refresh(): boolean {
    const before = this.summary();
    this.addresses = read(this.interfaces);
    this.gateways = this.routers();
    return this.summary() !== before;
  }

  /** @param address canonical text */
  isGateway(address: string): boolean {
    return this.gateways.has(address);
  }

  include(address: Address): boolean {
    return this.addresses.some((own) => !own.internal && contains(own, address));
  }

  /** @returns names of the interfaces with neighbours in whose network the address is */
  interfacesWith(address: Address): string[] {
    return this.namesOf((own) => own.hasMacs && contains(own, address));
  }

  /** @returns names of all interfaces with neighbours */
  get outward(): string[] {
    return this.namesOf(({ hasMacs }) => hasMacs);
  }

  /**
   * Where a client can reach this machine: on the interface of its own network, when it is in one, else anywhere.
   * @param client canonical text
   * @returns addresses of both families as octets
   */
  addressesFor(client: string): Uint8Array[] {
    const asker = ipaddr.isValid(client) ? ipaddr.parse(client) : undefined;
    const reachable = this.addresses.filter(({ internal, address }) => !internal && address.range() !== 'linkLocal');
    const near = new Set(
      this.addresses.filter((own) => !own.internal && asker && contains(own, asker)).map((own) => own.interfaceName),
    );
    const nearest = reachable.filter(({ interfaceName }) => near.has(interfaceName));
    return (nearest.length > 0 ? nearest : reachable).map(({ octets }) => octets);
  }

  private namesOf(chosen: (own: OwnAddress) => boolean): string[] {
    return [...new Set(this.addresses.filter(chosen).map(({ interfaceName }) => interfaceName))];
  }

  private summary(): string {
    const networks = this.addresses.map(({ interfaceName, address, bits }) => `${interfaceName} ${address}/${bits}`);
    return [...networks, ...this.gateways].sort().join();
  }
}

/** The routers that this machine's default routes lead to (Linux; elsewhere none are known). */
function defaultGateways(): Set<string> {
  try {
    const lines = readFileSync('/proc/net/route', 'latin1').split('\n').slice(1);
    const fields = lines.map((line) => line.split('\t'));
    const defaults = fields.filter(([, destination, gateway]) => destination === '00000000' && gateway !== '00000000');
    return new Set(defaults.map(([, , gateway]) => Buffer.from(gateway, 'hex').reverse().join('.')));
  } catch {
    return new Set();
  }
}

function read(interfaces: Interfaces): OwnAddress[] {
  return Object.entries(interfaces()).flatMap(([interfaceName, infos = []]) =>
    infos.map(({ address: text, cidr, internal, mac }) => {
      const address = ipaddr.parse(text.split('%')[0]);
      const octets = Uint8Array.from(address.toByteArray());
      const bits = Number(cidr?.split('/')[1] ?? octets.length * 8);
      const hasMacs = !internal && mac !== '00:00:00:00:00:00';
      return { interfaceName, internal, hasMacs, octets, address, bits };
    }),
  );
}

function contains({ address, bits }: OwnAddress, asker: Address): boolean {
  return asker.kind() === address.kind() && asker.match(address as never, bits);
}

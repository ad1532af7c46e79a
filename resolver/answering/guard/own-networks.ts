import { readFileSync } from 'node:fs';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

interface OwnAddress {
  readonly interfaceName: string;
  readonly internal: boolean;
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
  private addresses: readonly OwnAddress[];
  private timer: NodeJS.Timeout | undefined;

  constructor(interfaces: Interfaces = networkInterfaces) {
    this.interfaces = interfaces;
    this.addresses = read(interfaces);
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
    const before = summary(this.addresses);
    this.addresses = read(this.interfaces);
    return summary(this.addresses) !== before;
  }

  include(address: Address): boolean {
    return this.addresses.some((own) => !own.internal && contains(own, address));
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
}

/** The routers that this machine's default routes lead to (Linux; elsewhere none are known). */
export function gateways(routes = '/proc/net/route'): Set<string> {
  try {
    const lines = readFileSync(routes, 'latin1').split('\n').slice(1);
    const fields = lines.map((line) => line.split('\t'));
    const defaults = fields.filter(([, destination, gateway]) => destination === '00000000' && gateway !== '00000000');
    return new Set(defaults.map(([, , gateway]) => Buffer.from(gateway, 'hex').reverse().join('.')));
  } catch {
    return new Set();
  }
}

function read(interfaces: Interfaces): OwnAddress[] {
  return Object.entries(interfaces()).flatMap(([interfaceName, infos = []]) =>
    infos.map(({ address: text, cidr, internal }) => {
      const address = ipaddr.parse(text.split('%')[0]);
      const octets = Uint8Array.from(address.toByteArray());
      const bits = Number(cidr?.split('/')[1] ?? octets.length * 8);
      return { interfaceName, internal, octets, address, bits };
    }),
  );
}

function contains({ address, bits }: OwnAddress, asker: Address): boolean {
  return asker.kind() === address.kind() && asker.match(address as never, bits);
}

const summary = (addresses: readonly OwnAddress[]): string =>
  addresses
    .map(({ interfaceName, address, bits }) => `${interfaceName} ${address}/${bits}`)
    .sort()
    .join();

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sighting } from '../../../resolver/control/devices/sighting.ts';
import { Recogniser } from '../control/devices/recogniser.ts';
import { A_WHILE, Door } from './door.ts';

const macs = Array.from({ length: 6 }, (_, i) => `1c:cc:d6:00:00:0${i + 1}`);
const REPEATER = '02:00:00:00:00:99';
/** Given out by DHCP; five at a time would look like a repeater. */
const leased = ['192.168.1.7', '192.168.1.8', '192.168.1.9', '192.168.1.10'];
const made = ['fd00::a', 'fd00::b', '2001:db8::c'];
const isLeased = (address: string) => leased.includes(address);

interface Lease {
  readonly mac: string;
  readonly at: number;
}

/** A Wi-Fi with phones, of which some are behind a repeater; what control hears of it, and what answering makes of that. */
class Wifi {
  readonly door = new Door();
  readonly control = new Recogniser();
  private readonly holders = new Map<string, string>();
  private readonly behind = new Set<string>();
  private readonly askedAt = new Map<string, number>();
  private readonly kernelNews: { sighting: Sighting & { kind: 'link' }; nth: number }[] = [];
  /** MACs that the kernel had for an address, one after the other, and up to which of them control has heard. */
  private readonly met = new Map<string, string[]>();
  private readonly heard = new Map<string, number>();
  private readonly leaseFile = new Map<string, Lease>();
  private writtenAt = 0;
  private read = new Map<string, Lease>();
  private published = {
    macs: new Map<string, string>(),
    shared: false,
    leases: new Map<string, Lease>(),
    heard: new Map<string, number>(),
  };

  pass(ms: number): void {
    this.control.now += ms;
    this.door.now += ms;
  }

  /** A server gives an address to somebody else only when it is free, so nobody has asked from it for a while. */
  takes(address: string, mac: string): void {
    if (this.behind.has(mac) && !isLeased(address)) return;
    this.quiet(address);
    if (isLeased(address)) {
      this.writtenAt = this.control.now;
      this.leaseFile.set(address, { mac, at: this.writtenAt });
    }
    this.holders.set(address, mac);
    this.isMet(address);
  }

  /** The phone walks to the repeater, or back; it keeps its address, but makes no other one there. */
  roams(mac: string): void {
    const own = [...this.holders].filter(([, holder]) => holder === mac).map(([address]) => address);
    if (!this.behind.delete(mac)) this.behind.add(mac);
    for (const address of own)
      if (isLeased(address)) {
        this.quiet(address);
        this.isMet(address);
      } else this.holders.delete(address);
  }

  controlHearsTheKernel(): void {
    const news = this.kernelNews.shift();
    if (!news) return;
    this.control.recognition.see(news.sighting);
    this.hears(news.sighting.address, news.nth);
  }

  controlReadsLeases(): void {
    const { recognition, now } = this.control;
    for (const [address, { mac, at }] of this.leaseFile) {
      if (this.read.get(address)?.at === at) continue;
      const lease = { source: 'lease', address, mac, at: this.writtenAt } as const;
      recognition.see({ ...lease, kind: 'link', confirmed: true });
      recognition.see({ ...lease, kind: 'host-name', name: `phone-${mac}` });
    }
    this.read = new Map(this.leaseFile);
    recognition.see({ kind: 'read', source: 'lease', at: now });
  }

  tableArrives(): void {
    const rows = this.control.table();
    this.published = {
      macs: new Map(rows.macs),
      shared: rows.shared?.includes(REPEATER) ?? false,
      leases: this.read,
      heard: new Map(this.heard),
    };
    this.door.know(rows);
  }

  asks(address: string): void {
    const { door } = this;
    this.askedAt.set(address, door.now);
    door.ask(address);
    const client = door.clients.ofText(address);
    if (client.isUnsettled) door.clients.settle(client, door.now);
    const asked = door.ask(address);
    const mac = this.holders.get(address);
    // Hardware that control has not heard of has no rules yet: it is a stranger, and nobody else.
    if (mac !== undefined && this.canBeKnown(address, mac)) expect(asked).toBe(this.published.macs.get(mac) ?? address);
    for (const note of door.noted.splice(0)) {
      this.control.recognition.admit(note);
      if (note.neighbour !== undefined) this.hears(address, this.met.get(address)!.length - 1);
    }
  }

  /** All that is under way has arrived, and everybody asks. */
  settles(): void {
    this.controlReadsLeases();
    this.pass(10);
    for (const address of this.holders.keys()) this.isMet(address);
    while (this.kernelNews.length > 0) this.controlHearsTheKernel();
    this.controlReadsLeases();
    this.tableArrives();
    this.pass(A_WHILE);
    const hidden = [...this.leaseFile.values()].filter(({ mac }) => this.behind.has(mac)).map(({ mac }) => mac);
    if (new Set(hidden).size >= 2) expect(this.published.shared).toBe(true);
    for (const address of this.holders.keys()) this.asks(address);
  }

  /**
   * Where control has not heard that an address went from one MAC to others and back to the first, the kernel seems to
   * say nothing new. And who is behind a repeater is known when all is heard, and the repeater is known for one.
   */
  private canBeKnown(address: string, mac: string): boolean {
    const { shared, leases, heard } = this.published;
    const [first, ...others] = this.met.get(address)!.slice(heard.get(address) ?? 0);
    const isBack = others.at(-1) === first && others.some((other) => other !== first);
    if (!this.behind.has(mac)) return !isBack;
    return shared && others.length === 0 && leases.get(address)?.at === this.leaseFile.get(address)?.at;
  }

  private isMet(address: string): void {
    const holder = this.holders.get(address)!;
    const mac = this.behind.has(holder) ? REPEATER : holder;
    this.door.kernel.set(address, mac);
    const nth = this.met.get(address)?.length ?? 0;
    this.met.set(address, [...(this.met.get(address) ?? []), mac]);
    const sighting = {
      kind: 'link',
      source: 'neighbour',
      address,
      mac,
      at: this.control.now,
      confirmed: true,
    } as const;
    this.kernelNews.push({ sighting, nth });
  }

  private hears(address: string, nth: number): void {
    this.heard.set(address, Math.max(nth, this.heard.get(address) ?? 0));
  }

  private quiet(address: string): void {
    const passed = this.door.now - (this.askedAt.get(address) ?? Number.NEGATIVE_INFINITY);
    if (passed < A_WHILE) this.pass(A_WHILE - passed);
  }
}

const step = fc.oneof(
  fc.record({ takes: fc.constantFrom(...leased, ...made), mac: fc.constantFrom(...macs) }),
  fc.record({ roams: fc.constantFrom(...macs) }),
  fc.record({ asks: fc.constantFrom(...leased, ...made) }),
  fc.constant('control hears the kernel' as const),
  fc.constant('control reads leases' as const),
  fc.constant('table arrives' as const),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const take = (wifi: Wifi, one: Step): void => {
  // Everything may come within a moment, and nothing at the same one.
  wifi.pass(10);
  if (one === 'control hears the kernel') wifi.controlHearsTheKernel();
  else if (one === 'control reads leases') wifi.controlReadsLeases();
  else if (one === 'table arrives') wifi.tableArrives();
  else if ('takes' in one) wifi.takes(one.takes, one.mac);
  else if ('roams' in one) wifi.roams(one.roams);
  else wifi.asks(one.asks);
};

describe('who asks, whatever control has heard', () => {
  test('for any order of neighbours, leases, tables and questions the next question is its asker’s', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const wifi = new Wifi();
        for (const one of steps) take(wifi, one);
        wifi.settles();
      }),
      { numRuns: 1000 },
    );
  });
});

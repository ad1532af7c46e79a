import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';
import type { Logger } from 'pino';
import type { AttemptBatch } from '../between/attempt-batch.ts';
import type { DeviceTable } from '../between/device-table.ts';
import type { WallMs } from '../policy/model.ts';
import { attribute } from './attribute.ts';
import type { Config } from './config/config.ts';
import { CoverageWatch } from './coverage/coverage.ts';
import { QuestionCounts } from './coverage/question-counts.ts';
import { Routers } from './coverage/routers.ts';
import { findSpokesmen, type Spokesman } from './coverage/spokesman.ts';
import { canonicalAddress } from './devices/address.ts';
import { Devices } from './devices/devices.ts';
import { Leases, usualLeaseFiles } from './devices/sources/leases.ts';
import { Mdns } from './devices/sources/mdns.ts';
import { Neighbours } from './devices/sources/neighbours.ts';
import { ReverseNames } from './devices/sources/reverse-names.ts';
import { hear } from './hearing.ts';
import { DeviceDocuments } from './settings/device-documents.ts';
import type { Household } from './settings/household.ts';

export interface WhoIsThereDeps {
  readonly household: Household;
  readonly config: Pick<Config, 'dns' | 'leaseFiles' | 'names' | 'trustedForwarders'>;
  readonly publish: (table: DeviceTable) => void;
  readonly now: () => WallMs;
  readonly log: Pick<Logger, 'info'>;
}

/** The household's devices with all that tells of them: who they are, whether they ask us, and who asks for others. */
export class WhoIsThere {
  readonly devices: Devices;
  readonly coverage: CoverageWatch;
  private readonly deps: WhoIsThereDeps;
  private readonly questions = new QuestionCounts();
  private readonly routers: Routers;
  private readonly trusted: readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];
  private unsubscribe: (() => void) | undefined;

  constructor(deps: WhoIsThereDeps) {
    this.deps = deps;
    const { household, config, publish, now, log } = deps;
    this.trusted = config.trustedForwarders.map((network) => ipaddr.parseCIDR(network));
    this.coverage = new CoverageWatch({ presenceOf: (device) => this.devices.presenceOf(device), now });
    this.routers = new Routers({ changed: () => this.devices.routersChanged() });
    const files = config.leaseFiles.length > 0 ? config.leaseFiles : usualLeaseFiles;
    this.devices = new Devices({
      documents: new DeviceDocuments({ household }),
      publish,
      sources: [
        new Neighbours({ now }),
        new Leases({ now, files }),
        new Mdns({ now }),
        new ReverseNames({
          now,
          // One of link-local scope can't be asked without saying on which interface.
          servers: () => this.routers.addresses.filter((address) => !address.startsWith('fe80:')),
          nameless: () => this.devices.nameless(),
        }),
      ],
      now,
      routers: () => this.routers.addresses,
      hasRules: (id) => household.all('rule').some(({ scope }) => scope.kind === 'device' && scope.id === id),
      absorbed: (from) => this.forgetHabits(from),
      log: (sentence) => log.info(sentence),
    });
  }

  async start(): Promise<void> {
    this.unsubscribe = this.deps.household.onChange((changed) => {
      const devices = changed.filter(({ kind }) => kind === 'device');
      for (const { id, after } of devices) if (after === undefined) this.forgetHabits(id);
      if (devices.length > 0) this.devices.reload();
    });
    // Whoever asks from now on is compared with those who are known.
    this.devices.reload();
    await this.routers.start();
    await this.devices.start();
  }

  async stop(): Promise<void> {
    this.unsubscribe?.();
    this.routers.stop();
    await this.devices.stop();
  }

  /** @returns the batch, with questions of newcomers given to the devices that they are by now */
  take(batch: AttemptBatch): AttemptBatch {
    const { household, now } = this.deps;
    const owned = attribute(batch, (client) =>
      household.get('device', client) ? undefined : this.devices.askedAs(client),
    );
    for (const { device, total } of owned.counts) this.questions.add(device, total, now());
    hear(owned, now(), this);
    return owned;
  }

  /** Clients behind which others hide, with ways to repair it. */
  spokesmen(): Spokesman[] {
    const { config, now } = this.deps;
    const { dotListen, doh } = config.dns;
    const privateName = dotListen.length > 0 || doh.onHttp || doh.listen.length > 0 ? config.names[0] : undefined;
    return findSpokesmen({
      devices: this.devices.list(),
      gateways: this.routers.addresses,
      checksOf: (device) => this.coverage.checksOf(device),
      questionsOf: (device) => this.questions.ofLastDay(device, now()),
      isTrusted: (address) => this.isTrusted(address),
      household: {
        resolver: reachable(config.dns.listen.map(({ host }) => host)),
        router: this.routers.addresses[0],
        ...(privateName !== undefined && { privateName }),
      },
    });
  }

  private forgetHabits(device: string): void {
    this.coverage.forget(device);
    this.questions.forget(device);
  }

  private isTrusted(address: string): boolean {
    const parsed = ipaddr.parse(address);
    return this.trusted.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network, bits));
  }
}

/** Addresses under which phones reach what listens at these hosts, IPv4 first. */
function reachable(hosts: readonly string[]): string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  const of = (family: string) => own.filter((one) => one.family === family).map(({ address }) => address);
  const at = hosts.flatMap((host) => (host === '0.0.0.0' ? of('IPv4') : host === '::' ? of('IPv6') : [host]));
  return [...new Set(at.flatMap((address) => canonicalAddress(address) ?? []))];
}

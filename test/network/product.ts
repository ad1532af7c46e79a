import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { Quell } from '../scenario/quell.ts';
import type { Host, Lab } from './lab.ts';

export const TELEMETRY = 'data.mistat.xiaomi.com';
export const REAL = { ipv4: '198.51.100.7', ipv6: '2001:db8::7' } as const;

const INTERNET_PORT = 5399;
const PAGE_PORT = 8080;

export interface ShownDevice {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly vendor?: string;
  readonly macs: readonly string[];
  readonly addresses: readonly string[];
}

/** The built product in the lab's resolver, with an internet behind it in which every name has the same addresses. */
export class Product {
  readonly quell: Quell;
  private readonly relay: Agent;
  private readonly folder: string;

  private constructor(quell: Quell, relay: Agent, folder: string) {
    this.quell = quell;
    this.relay = relay;
    this.folder = folder;
  }

  static async start(lab: Pick<Lab, 'resolver'>, env: Readonly<Record<string, string>> = {}): Promise<Product> {
    const folder = await mkdtemp(join(tmpdir(), 'quell-lab-'));
    const host = lab.resolver;
    const socketPath = join(folder, 'page.sock');
    await Promise.all([startInternet(host), startRelay(host, socketPath)]);
    const relay = new Agent({ connect: { socketPath } });
    const quell = await Quell.start({
      before: ['ip', 'netns', 'exec', host.namespace],
      dataDir: folder,
      dispatcher: relay,
      env: {
        QUELL_DNS_LISTEN: '0.0.0.0:53,[::]:53',
        QUELL_HTTP_LISTEN: `0.0.0.0:${PAGE_PORT}`,
        QUELL_UPSTREAMS: `udp://127.0.0.1:${INTERNET_PORT}`,
        ...env,
      },
    });
    return new Product(quell, relay, folder);
  }

  async devices(): Promise<readonly ShownDevice[]> {
    return (await this.quell.api<{ devices: ShownDevice[] }>('GET', '/devices')).devices;
  }

  /** Resolves with the first device that fits. @param within milliseconds */
  device(fits: (device: ShownDevice) => boolean, within = 5000): Promise<ShownDevice> {
    return this.quell.eventually(async () => (await this.devices()).find(fits), within);
  }

  withMac(mac: string, within?: number): Promise<ShownDevice> {
    return this.device(({ macs }) => macs.includes(mac), within);
  }

  choose(device: string, purpose: string, action: 'allow' | 'block' | 'inherit'): Promise<ShownDevice> {
    return this.quell.api('PUT', `/devices/${device}/purposes/${purpose}`, { action });
  }

  async stop(): Promise<void> {
    await this.quell.stop();
    await this.relay.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function startInternet(host: Host): Promise<void> {
  const everyName = Object.values(REAL).map((address) => `--address=/#/${address}`);
  const server = host.spawn([
    'dnsmasq',
    '-d',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--user=root',
    '--pid-file=',
    `--port=${INTERNET_PORT}`,
    '--listen-address=127.0.0.1',
    '--bind-interfaces',
    ...everyName,
  ]);
  await once(server.stderr!, 'data');
}

async function startRelay(host: Host, socketPath: string): Promise<void> {
  const script = new URL('relay.ts', import.meta.url).pathname;
  const relay = host.spawn([process.execPath, script, socketPath, String(PAGE_PORT)]);
  await once(relay.stdout!, 'data');
}

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { type DigAnswer, parseDig } from './dig.ts';

const run = promisify(execFile);

/** Why the lab can't be built here; undefined when it can. */
export const labMissing = (): string | undefined => {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'network namespaces need iproute2';
  }
};

export interface HostOptions {
  readonly mac?: string;
  /** With prefix length: "10.77.0.7/24". None for a host that gets its addresses later. */
  readonly addresses?: readonly string[];
  /** Default gateway, IPv4. */
  readonly gateway?: string;
  /** Kernel settings of eth0 before its link is up, such as `{ 'ipv6/conf/eth0/use_tempaddr': 2 }`. */
  readonly kernel?: Readonly<Record<string, number>>;
}

export interface LabOptions {
  readonly phones?: number;
  /** Adds a host at `gatewayAddress` that is everybody's default gateway. */
  readonly gateway?: boolean;
}

export interface DigOptions {
  readonly server?: string;
  readonly port?: number;
  readonly type?: string;
  /** The source address to ask from, where the host has several. */
  readonly from?: string;
  /** Further arguments, such as "+tcp" or "+subnet=10.77.0.9/32". */
  readonly more?: readonly string[];
}

export const resolverAddress = { ipv4: '10.77.0.53', ipv6: 'fd77::53' } as const;
export const gatewayAddress = { ipv4: '10.77.0.1', ipv6: 'fd77::1' } as const;

let labs = 0;
const prefix = 'quell';

/** One host of the lab: a network namespace with one interface, eth0, on the lab's switch. */
export class Host {
  readonly name: string;
  /** Of the network namespace. */
  readonly namespace: string;
  private readonly children = new Set<ChildProcess>();

  constructor(name: string, namespace: string) {
    this.name = name;
    this.namespace = namespace;
  }

  /** @returns standard output; rejects when the command fails */
  async exec(command: readonly string[], options: { timeout?: number } = {}): Promise<string> {
    const { stdout } = await run('ip', ['netns', 'exec', this.namespace, ...command], { timeout: 20_000, ...options });
    return stdout;
  }

  /** A command that goes on; it is ended with the lab. `ip netns exec` becomes the command itself, so signals reach it. */
  spawn(command: readonly string[], options: { env?: NodeJS.ProcessEnv; cwd?: string } = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace, ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      ...options,
    });
    this.children.add(child);
    child.once('close', () => this.children.delete(child));
    return child;
  }

  async dig(name: string, options: DigOptions = {}): Promise<DigAnswer> {
    const { server = resolverAddress.ipv4, port = 53, type = 'A', from, more = [] } = options;
    const source = from === undefined ? [] : ['-b', from];
    const question = [
      `@${server}`,
      '-p',
      String(port),
      ...source,
      name,
      type,
      '+tries=1',
      '+time=3',
      '+nocookie',
      ...more,
    ];
    return parseDig(await this.exec(['dig', ...question]));
  }

  /** @param key below /proc/sys/net */
  async setKernel(key: string, value: number): Promise<void> {
    await this.exec(['sh', '-c', `echo ${value} > /proc/sys/net/${key}`]);
  }

  /** @param address with prefix length; usable at once */
  async addAddress(address: string): Promise<void> {
    const noDad = address.includes(':') ? ['nodad'] : [];
    await this.exec(['ip', 'address', 'add', address, 'dev', 'eth0', ...noDad]);
  }

  async removeAddress(address: string): Promise<void> {
    await this.exec(['ip', 'address', 'delete', address, 'dev', 'eth0']);
  }

  /** As a phone does that joins anew: the link goes down, its addresses and neighbours are lost. */
  async changeMac(mac: string, addresses: readonly string[] = []): Promise<void> {
    await this.exec(['ip', 'link', 'set', 'eth0', 'down']);
    await this.exec(['ip', 'address', 'flush', 'dev', 'eth0']);
    await this.exec(['ip', 'link', 'set', 'eth0', 'address', mac]);
    await this.exec(['ip', 'link', 'set', 'eth0', 'up']);
    for (const address of addresses) await this.addAddress(address);
  }

  /** All addresses of eth0, without prefix length, link-local ones too. */
  async addresses(): Promise<string[]> {
    const [link] = JSON.parse(await this.exec(['ip', '-j', 'address', 'show', 'dev', 'eth0'])) as {
      addr_info: { local: string }[];
    }[];
    return link.addr_info.map(({ local }) => local);
  }

  async stop(): Promise<void> {
    const ended = [...this.children].map(
      (child) =>
        new Promise<void>((resolve) => {
          const last = setTimeout(() => child.kill('SIGKILL'), 5_000);
          child.once('close', () => {
            clearTimeout(last);
            resolve();
          });
          child.kill();
        }),
    );
    await Promise.all(ended);
  }
}

/**
 * A household's network in namespaces of its own: a switch, a resolver, phones, and a gateway where asked for.
 * Nothing in it reaches the machine's own network. Names carry the process id, and what a killed run left is swept.
 */
export class Lab {
  readonly resolver: Host;
  readonly phones: Host[] = [];
  gateway: Host | undefined;
  private readonly id: string;
  private readonly hosts: Host[] = [];
  private readonly sweep = () => removeNamespaces((name) => name.startsWith(`${this.id}-`));

  constructor(id: string) {
    this.id = id;
    this.resolver = new Host('resolver', `${id}-resolver`);
  }

  async start({ phones = 2, gateway = false }: LabOptions): Promise<void> {
    process.once('exit', this.sweep);
    await run('ip', ['netns', 'add', this.switchNamespace]);
    await this.inSwitch(['link', 'add', 'switch', 'type', 'bridge', 'forward_delay', '0']);
    await this.inSwitch(['link', 'set', 'switch', 'up']);
    const route = gateway ? gatewayAddress.ipv4 : undefined;
    await this.connect(this.resolver, {
      mac: '02:00:00:00:00:53',
      addresses: [`${resolverAddress.ipv4}/24`, `${resolverAddress.ipv6}/64`],
    });
    if (gateway)
      this.gateway = await this.addHost('gateway', {
        mac: '02:00:00:00:00:01',
        addresses: [`${gatewayAddress.ipv4}/24`, `${gatewayAddress.ipv6}/64`],
      });
    if (route) await this.resolver.exec(['ip', 'route', 'add', 'default', 'via', route]);
    for (let i = 1; i <= phones; i++)
      this.phones.push(await this.addHost(`phone${i}`, { ...phoneOptions(i), gateway: route }));
  }

  async addHost(name: string, options: HostOptions = {}): Promise<Host> {
    const host = new Host(name, `${this.id}-${name}`);
    await this.connect(host, options);
    return host;
  }

  /** A host that is not on the switch but on a network of its own behind another, which has this address there. */
  async addBehind(router: Host, routerAddress: string, name: string, options: HostOptions): Promise<Host> {
    const host = new Host(name, `${this.id}-${name}`);
    this.hosts.push(host);
    await run('ip', ['netns', 'add', host.namespace]);
    const port = `to-${name}`;
    await router.exec(['ip', 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.namespace]);
    await router.exec(['ip', 'address', 'add', routerAddress, 'dev', port]);
    await router.exec(['ip', 'link', 'set', port, 'up']);
    await this.setUp(host, options);
    return host;
  }

  async stop(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.stop()));
    this.sweep();
    process.off('exit', this.sweep);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private get switchNamespace() {
    return `${this.id}-switch`;
  }

  private async inSwitch(command: readonly string[]): Promise<void> {
    await run('ip', ['-n', this.switchNamespace, ...command]);
  }

  private async connect(host: Host, options: HostOptions): Promise<void> {
    this.hosts.push(host);
    await run('ip', ['netns', 'add', host.namespace]);
    const port = `to-${host.name}`;
    // Both ends are born in their namespaces: the machine's own never sees an interface of the lab.
    await this.inSwitch(['link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', host.namespace]);
    await this.inSwitch(['link', 'set', port, 'master', 'switch', 'up']);
    await this.setUp(host, options);
  }

  private async setUp(host: Host, { mac, addresses = [], gateway, kernel = {} }: HostOptions): Promise<void> {
    for (const [key, value] of Object.entries(kernel)) await host.setKernel(key, value);
    await host.exec(['ip', 'link', 'set', 'lo', 'up']);
    if (mac) await host.exec(['ip', 'link', 'set', 'eth0', 'address', mac]);
    await host.exec(['ip', 'link', 'set', 'eth0', 'up']);
    for (const address of addresses) await host.addAddress(address);
    if (gateway) await host.exec(['ip', 'route', 'add', 'default', 'via', gateway]);
  }
}

/** MAC and addresses of a phone, counted from 1. The MACs are Xiaomi's. */
export const phoneOptions = (i: number): { mac: string; addresses: string[] } => ({
  mac: `1c:cc:d6:00:00:${i.toString(16).padStart(2, '0')}`,
  addresses: [`10.77.0.${100 + i}/24`, `fd77::${(0x100 + i).toString(16)}/64`],
});

export const createLab = async (options: LabOptions = {}): Promise<Lab> => {
  removeNamespaces(isLeftOver);
  const lab = new Lab(`${prefix}${process.pid}x${++labs}`);
  try {
    await lab.start(options);
    return lab;
  } catch (error) {
    await lab.stop();
    throw error;
  }
};

const isLeftOver = (name: string) => {
  const pid = new RegExp(`^${prefix}(\\d+)x\\d+-`).exec(name)?.[1];
  return pid !== undefined && !readdirSync('/proc').includes(pid);
};

/** Interfaces go with their namespace; synchronous, so that it works at exit too. */
const removeNamespaces = (chosen: (name: string) => boolean): void => {
  const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
  for (const name of names.map((line) => line.split(' ')[0]).filter((name) => name !== '' && chosen(name)))
    execFileSync('ip', ['netns', 'delete', name]);
};

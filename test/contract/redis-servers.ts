import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One redis-server of Debian's on a free port, with its own folder. */
export class RedisServer {
  readonly port: number;
  readonly folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.folder = folder;
    this.#args = args;
  }

  static async create(...args: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), mkdtempSync(join(tmpdir(), 'quell-redis-')), args);
    await server.start();
    return server;
  }

  /** A Sentinel that watches `master` under the name "home". */
  static async sentinel(
    master: Pick<RedisServer, 'port'>,
    more: readonly string[] = [],
    args: readonly string[] = [],
  ): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'quell-sentinel-'));
    const server = new RedisServer(await freePort(), folder, ['--sentinel', ...args]);
    const lines = [
      `sentinel monitor home 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds home 500',
      'sentinel failover-timeout home 3000',
      ...more,
    ];
    writeFileSync(join(server.folder, 'redis.conf'), `${lines.join('\n')}\n`);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const config = this.#args.includes('--sentinel') ? [join(this.folder, 'redis.conf')] : ['--save', ''];
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder];
    this.#process = spawn('redis-server', [...config, ...place, ...this.#args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: this.#process.stdout! });
    const ready = /Ready to accept connections|\+monitor master/;
    const said: string[] = [];
    for await (const line of lines) {
      said.push(line);
      if (ready.test(line)) return void this.#process.stdout!.resume();
    }
    throw new Error(`redis-server did not start:\n${said.join('\n')}`);
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    this.resume();
    await this.#end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async cli(...args: string[]): Promise<string> {
    return (await run('redis-cli', ['-p', String(this.port), ...args])).stdout.trim();
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    process.kill(signal);
    await once(process, 'exit');
  }
}

export async function startCluster(masters: number): Promise<RedisServer[]> {
  const nodes: RedisServer[] = [];
  try {
    for (let i = 0; i < masters; i++) nodes.push(await startClusterNode());
    const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes']);
    await until(async () => {
      const states = await Promise.all(nodes.map((node) => node.cli('cluster', 'info')));
      return states.every((state) => state.includes('cluster_state:ok'));
    });
    return nodes;
  } catch (error) {
    await Promise.all(nodes.map((node) => node.stop()));
    throw error;
  }
}

/** A port that was free may be somebody else's by the time it is bound: then with others. */
async function startClusterNode(tries = 3): Promise<RedisServer> {
  const bus = String(await freePort());
  const settings = ['--cluster-enabled', 'yes', '--cluster-port', bus, '--cluster-node-timeout', '1000'];
  try {
    return await RedisServer.create(...settings, '--appendonly', 'yes', '--appendfsync', 'always');
  } catch (error) {
    if (tries === 1) throw error;
    return startClusterNode(tries - 1);
  }
}

export interface SentinelSetup {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinel: RedisServer;
}

export async function startSentinel(): Promise<SentinelSetup> {
  const master = await RedisServer.create();
  const replica = await RedisServer.create('--replicaof', `127.0.0.1 ${master.port}`);
  await until(async () => (await replica.cli('info', 'replication')).includes('master_link_status:up'));
  const sentinel = await RedisServer.sentinel(master);
  await until(async () => (await sentinel.cli('sentinel', 'replicas', 'home')).includes(String(replica.port)));
  return { master, replica, sentinel };
}

/** Resolves when a question that no event answers is answered with yes. */
export async function until(holds: () => Promise<boolean> | boolean, within = 20_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('It did not come true in time.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

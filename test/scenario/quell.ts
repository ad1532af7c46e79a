import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Dispatcher, fetch, type Response } from 'undici';
import { type RunningAt, readRunning } from '../../resolver/between/running.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;
export const PASSWORD = 'a long enough password';

export interface QuellOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Kept when the product stops; without it a folder is made and removed. */
  readonly dataDir?: string;
  /** Put before the command, such as `ip netns exec …`. */
  readonly before?: readonly string[];
  /** Instead of the one that runs the test. */
  readonly node?: string;
  readonly nodeOptions?: readonly string[];
  /** Folder of another copy of the product than this project's own. */
  readonly root?: string;
  /** Its quell.yaml. */
  readonly yaml?: string;
  /** The way to its page, where that is in another network than the test. */
  readonly dispatcher?: Dispatcher;
}

/** The built product as a process of its own, on ports from the system. */
export class Quell {
  readonly dataDir: string;
  readonly lines: string[] = [];
  running!: RunningAt;
  private readonly child: ChildProcess;
  private readonly keepsData: boolean;
  private readonly dispatcher: Dispatcher | undefined;
  private cookie: string | undefined;
  private listening: { pattern: RegExp; heard: (line: string) => void }[] = [];

  private constructor(child: ChildProcess, dataDir: string, options: QuellOptions) {
    this.child = child;
    this.dataDir = dataDir;
    this.keepsData = options.dataDir !== undefined;
    this.dispatcher = options.dispatcher;
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => this.hear(line));
    }
  }

  /** Resolves when the page is up; rejects with what it printed when it ends before. */
  static async start(options: QuellOptions = {}): Promise<Quell> {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'quell-')));
    if (options.yaml !== undefined) await writeFile(join(dataDir, 'quell.yaml'), options.yaml);
    const [command, ...args] = [
      ...(options.before ?? []),
      options.node ?? process.execPath,
      ...(options.nodeOptions ?? []),
      join(options.root ?? root, 'build/quell.js'),
      'start',
    ];
    const child = spawn(command, args, {
      cwd: dataDir,
      env: {
        PATH: process.env.PATH,
        QUELL_DATA_DIR: dataDir,
        QUELL_DNS_LISTEN: '127.0.0.1:0',
        QUELL_HTTP_LISTEN: '127.0.0.1:0',
        QUELL_UPSTREAMS: 'udp://127.0.0.1:9',
        QUELL_OWNER_PASSWORD: PASSWORD,
        QUELL_LOG_LEVEL: 'warn',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const quell = new Quell(child, dataDir, options);
    const isUp = quell.said(/^The page is at/);
    await Promise.race([
      isUp,
      once(child, 'exit').then(() => Promise.reject(new Error(`Quell ended: ${quell.lines.join('\n')}`))),
    ]);
    quell.running = await readRunning(dataDir);
    return quell;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get port(): number {
    return this.running.dns[0].port;
  }

  get page(): string {
    return this.running.http[0];
  }

  /** Resolves with an earlier line of output that matches, or the next one. */
  said(pattern: RegExp): Promise<string> {
    const earlier = this.lines.find((line) => pattern.test(line));
    if (earlier) return Promise.resolve(earlier);
    return new Promise((heard) => this.listening.push({ pattern, heard }));
  }

  /** What `dig +short` says, line by line. `from`: source address on loopback. */
  async dig(name: string, type = 'A', { from = '127.0.0.1', args = [] as string[] } = {}): Promise<string[]> {
    const { stdout } = await run('dig', [
      '+short',
      '+tries=2',
      '+time=2',
      '-b',
      from,
      '-p',
      `${this.port}`,
      '@127.0.0.1',
      name,
      type,
      ...args,
    ]);
    return stdout.trim().split('\n');
  }

  /** Whole output of dig. */
  async digAll(name: string, ...args: string[]): Promise<string> {
    const { stdout } = await run('dig', ['+tries=2', '+time=2', '-p', `${this.port}`, '@127.0.0.1', name, ...args]);
    return stdout;
  }

  /** Runs a command of its command line beside it. @returns standard output */
  async cli(...args: string[]): Promise<string> {
    const { stdout } = await run(process.execPath, [join(root, 'build/quell.js'), ...args], {
      env: { PATH: process.env.PATH, QUELL_DATA_DIR: this.dataDir },
    });
    return stdout;
  }

  /** Calls the API as the owner. */
  async api<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.fetch(method, path, body);
    const answer = response.status === 204 ? undefined : await response.json();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as T;
  }

  async fetch(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response> {
    this.cookie ??= await this.logIn();
    return fetch(`${this.page}/api/v1${path}`, {
      dispatcher: this.dispatcher,
      method,
      headers: { ...headers, Cookie: this.cookie, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  /** Waits for a question to have come through flush, control and store. */
  async eventually<T>(ask: () => Promise<T | undefined | false>, within = 5000): Promise<T> {
    const deadline = performance.now() + within;
    for (;;) {
      const got = await ask();
      if (got) return got;
      if (performance.now() > deadline) throw new Error('it did not come about in time');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await ended;
    }
    if (!this.keepsData) await rm(this.dataDir, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  private hear(line: string): void {
    this.lines.push(line);
    this.listening = this.listening.filter(({ pattern, heard }) => {
      const matches = pattern.test(line);
      if (matches) heard(line);
      return !matches;
    });
  }

  private async logIn(): Promise<string> {
    const response = await fetch(`${this.page}/api/v1/session`, {
      dispatcher: this.dispatcher,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ password: PASSWORD }),
    });
    if (!response.ok) throw new Error(`log-in: ${response.status} ${await response.text()}`);
    return response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = new URL('../..', import.meta.url).pathname;

export interface Product {
  readonly baseURL: string;
  /** Address of the one-time set-up link, while no password is set. */
  readonly setUpLink: string | undefined;
  /** Asks as the phone with that address; the answer's addresses, none when it is blocked. */
  ask(from: string, name: string): Promise<string[]>;
  /** Puts a list into the lists folder, for `file:name`. */
  writeList(name: string, lines: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly password?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The whole product on loopback, in an empty data directory, in front of an upstream that knows every name. */
export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const upstream = await startUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), 'quell-browser-'));
  const lists = join(dataDir, 'lists');
  await mkdir(lists, { recursive: true });
  const child = spawn(process.execPath, [join(root, 'resolver/cli.ts'), 'start'], {
    cwd: dataDir,
    env: {
      PATH: process.env.PATH,
      QUELL_DATA_DIR: dataDir,
      QUELL_DNS_LISTEN: '127.0.0.1:0',
      QUELL_HTTP_LISTEN: '127.0.0.1:0',
      QUELL_UPSTREAMS: `udp://127.0.0.1:${upstream.address().port}`,
      ...(options.password && { QUELL_OWNER_PASSWORD: options.password }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async () => {
    if (child.exitCode === null) {
      child.kill();
      await once(child, 'exit');
    }
    upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const said = await listen(child, options.password === undefined);
    const origin = new URL(said.page).origin;
    return {
      baseURL: origin,
      setUpLink: said.setUpLink,
      ask: (from, name) => dig(said.dnsPort, from, name),
      writeList: (name, lines) => writeFile(join(lists, name), `${lines.join('\n')}\n`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads what the product says at its start until everything needed was said, and listens on so that it never blocks. */
async function listen(child: ChildProcess, needsLink: boolean): Promise<Said> {
  const heard: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Said>();
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    heard.push(line);
    const all = heard.join('\n');
    const dnsPort = /answered at 127\.0\.0\.1:(\d+)/.exec(all)?.[1];
    const page = /https?:\/\/127\.0\.0\.1:\d+/.exec(all)?.[0];
    const setUpLink = /https?:\/\/\S+\/setup\?token=[\w-]+/.exec(all)?.[0];
    if (dnsPort && page && (setUpLink || !needsLink)) resolve({ dnsPort: Number(dnsPort), page, setUpLink });
  });
  child.once('exit', () => reject(new Error(`Quell ended before it was up; it said:\n${heard.join('\n')}`)));
  return promise;
}

interface Said {
  readonly dnsPort: number;
  readonly page: string;
  readonly setUpLink: string | undefined;
}

const run = promisify(execFile);

async function dig(port: number, from: string, name: string): Promise<string[]> {
  const { stdout } = await run('dig', ['@127.0.0.1', '-p', String(port), '-b', from, '+short', '+tries=2', name, 'A']);
  return stdout.split('\n').filter((address) => address !== '' && address !== '0.0.0.0');
}

/** Answers every question with one address out of the documentation range, by hand: question back, one A record. */
async function startUpstream(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const end = query.indexOf(0, 12) + 5;
    const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0]);
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
    socket.send(Buffer.concat([header, query.subarray(12, end), record]), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

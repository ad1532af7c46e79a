import { readRunning } from '../between/running.ts';
import { type Config, loadConfig } from '../control/config/config.ts';
import { openStore } from '../control/store/open.ts';
import { query } from './query.ts';

/** Asks everything that must work. Exits with 1 when something does not. */
export async function run({ quiet }: { quiet: boolean }): Promise<void> {
  const say = (line: string) => {
    if (!quiet) console.log(line);
  };
  let ill = false;
  const check = async (what: string, examine: () => Promise<string>) => {
    try {
      say(`ok    ${what}: ${await examine()}`);
    } catch (error) {
      ill = true;
      say(`FAILS ${what}: ${error instanceof Error ? error.message : error}`);
    }
  };
  const config = loadConfig({ env: process.env, cwd: process.cwd() });
  const running = await readRunning(config.dataDir);
  for (const { host, port } of running.dns) {
    const server = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
    await check(`names at ${host} port ${port}`, async () => {
      const { status, milliseconds } = await query('data.mistat.xiaomi.com', 'A', { host: server, port });
      return `${status} in ${milliseconds.toFixed(1)} ms`;
    });
    await check(`upstreams behind ${host} port ${port}`, async () => {
      const { status, milliseconds } = await query('connect.rom.miui.com', 'A', { host: server, port });
      if (status === 'SERVFAIL') throw new Error('none answers; check the internet connection and the upstreams');
      return `${status} in ${milliseconds.toFixed(1)} ms`;
    });
  }
  for (const page of running.http.slice(0, 1)) {
    await check(`the page at ${page}`, async () => {
      const response = await fetch(`${page}/readyz`, { signal: AbortSignal.timeout(3000) });
      const { says } = (await response.json()) as { says: string };
      if (!response.ok) throw new Error(says);
      return says;
    });
  }
  // Reads all of the record: not for whoever asks every half minute.
  if (!quiet) await check(`the store (${config.store.split(':')[0]})`, () => examineStore(config));
  if (ill) process.exitCode = 1;
}

async function examineStore({ store: url, dataDir, home }: Config): Promise<string> {
  const store = await openStore(url, { dataDir, home });
  try {
    await store.start();
    const found = (await store.check()).join(' ');
    // What is said of a Redis is advice.
    if (store.kind === 'sqlite' && found) throw new Error(found);
    return found || 'no damage found';
  } finally {
    await store.stop();
  }
}

import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Config } from '../control/config/config.ts';
import { ConfigError } from '../control/config/config-error.ts';
import type { ReadConfig } from '../control/config/config-thread.ts';
import { start } from '../main.ts';

/** Runs until a signal ends it. @param options.fallBack use port 5300 where 53 can't be bound */
export async function run({ fallBack }: { fallBack: boolean }): Promise<void> {
  const config = await readConfig();
  for (const warning of config.warnings) console.log(warning);
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  const running = await start(config, { fallBack, say: (line) => console.log(line) });
  const end = async () => {
    await running.stop();
    process.exit(0);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

/**
 * On a thread that ends with it: what reads and checks a configuration once would stay with answering for good.
 *
 * @throws ConfigError
 */
async function readConfig(): Promise<Config> {
  const isBundled = !import.meta.url.endsWith('.ts');
  const entry = isBundled ? './config-thread.js' : '../control/config/config-thread.ts';
  const worker = new Worker(new URL(entry, import.meta.url), { workerData: { cwd: process.cwd() }, name: 'config' });
  const [answer] = (await once(worker, 'message')) as [ReadConfig];
  if ('problems' in answer) throw new ConfigError(answer.problems);
  return answer.config;
}

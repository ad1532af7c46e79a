import { mkdir } from 'node:fs/promises';
import { loadConfig } from '../control/config/config.ts';
import { start } from '../main.ts';

/** Runs until a signal ends it. @param options.fallBack use port 5300 where 53 can't be bound */
export async function run({ fallBack }: { fallBack: boolean }): Promise<void> {
  const config = loadConfig({ env: process.env, cwd: process.cwd() });
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

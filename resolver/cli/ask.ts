import { readRunning } from '../between/running.ts';
import { loadConfig } from '../control/config/config.ts';
import { query } from './query.ts';

/** Asks the running Quell, and for a device also says what it would get. */
export async function run(name: string, type: string, device: string | undefined): Promise<void> {
  if (device !== undefined) return (await import('./explain.ts')).run(device, name, type);
  const { dataDir } = loadConfig({ env: process.env, cwd: process.cwd() });
  const { dns } = await readRunning(dataDir);
  const { host, port } = dns[0];
  const server = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const answered = await query(name, type, { host: server, port });
  console.log(`${answered.status} in ${answered.milliseconds.toFixed(1)} ms from ${server} port ${port}`);
  for (const record of answered.records) console.log(record);
  if (answered.explanation) console.log(`because: ${answered.explanation}`);
}

import { loadConfig } from '../control/config/config.ts';

/** Says whether the configuration can be used; a wrong one throws its sentences. */
export async function run(): Promise<void> {
  const config = loadConfig({ env: process.env, cwd: process.cwd() });
  for (const warning of config.warnings) console.log(warning);
  const listen = config.dns.listen.map(({ host, port }) => `${host} port ${port}`).join(', ');
  console.log(`The configuration is in order: names at ${listen}, everything kept in ${config.dataDir}.`);
}

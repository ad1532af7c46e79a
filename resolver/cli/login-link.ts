import { readRunning } from '../between/running.ts';
import { withSettings } from './settings.ts';

/** Nobody is ever locked out who can reach the machine itself. */
export async function run(): Promise<void> {
  await withSettings(async ({ config, access }) => {
    const { http } = await readRunning(config.dataDir);
    const page = http.at(-1) ?? 'http://localhost:8080';
    const link = access.account.isSetUp
      ? `${page}/login?token=${await access.links.issue('log-in')}`
      : `${page}/setup?token=${await access.links.issue('set-up')}`;
    console.log(link);
  });
}

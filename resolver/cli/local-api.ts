import { readRunning } from '../between/running.ts';
import { withSettings } from './settings.ts';

/** Calls the running product's API: `path` below /api/v1, JSON in and out. @throws Error with the API's own sentence */
export type CallApi = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** With a token that is made for this one use and revoked after it. */
export function withApi<T>(scopes: readonly string[], use: (call: CallApi) => Promise<T>): Promise<T> {
  return withSettings(async ({ config, household, access }) => {
    const { http } = await readRunning(config.dataDir);
    const [page] = http;
    if (!page) throw new Error('The page of the running Quell is not up; its log says why.');
    const { id, secret } = await access.tokens.create({ name: 'command line', scopes: [...scopes] });
    try {
      return await use(async (method, path, body) => {
        const response = await fetch(`${page}/api/v1${path}`, {
          method,
          headers: {
            Authorization: `Bearer ${secret}`,
            ...(body !== undefined && { 'Content-Type': 'application/json' }),
          },
          body: body === undefined ? undefined : JSON.stringify(body),
        });
        const answer: unknown = response.status === 204 ? undefined : await response.json();
        if (!response.ok)
          throw new Error((answer as { detail?: string }).detail ?? `The page answered ${response.status}.`);
        return answer;
      });
    } finally {
      await household.note([{ kind: 'token', id, value: undefined }]);
    }
  });
}

interface DeviceNames {
  readonly id: string;
  readonly name: string;
  readonly addresses: readonly string[];
}

/** @param wish a device's name, id or address @throws Error with a sentence that lists what there is */
export async function findDevice(call: CallApi, wish: string): Promise<DeviceNames> {
  const { devices } = (await call('GET', '/devices')) as { devices: DeviceNames[] };
  const wanted = wish.toLowerCase();
  const found = devices.find(
    ({ id, name, addresses }) => id === wish || name.toLowerCase() === wanted || addresses.includes(wanted),
  );
  if (found) return found;
  const names = devices.map(({ name }) => `"${name}"`).join(', ');
  throw new Error(`No device is called "${wish}"; known are ${names || 'none yet'}.`);
}

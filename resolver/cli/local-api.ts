import { readRunning } from '../between/running.ts';
import { loadConfig } from '../control/config/config.ts';

/** Calls the running product's API: `path` below /api/v1, JSON in and out. @throws Error with the API's own sentence */
export type CallApi = (method: string, path: string, body?: unknown) => Promise<unknown>;

/** Whoever may read the data directory may do everything: the running product leaves a token there. */
export async function withApi<T>(use: (call: CallApi) => Promise<T>): Promise<T> {
  const { dataDir } = loadConfig({ env: process.env, cwd: process.cwd() });
  const { http, token } = await readRunning(dataDir);
  const [page] = http;
  if (!page) throw new Error('The page of the running Quell is not up; its log says why.');
  return use(async (method, path, body) => {
    const headers = {
      Authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(`${page}/api/v1${path}`, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer: unknown = response.status === 204 ? undefined : await response.json();
    if (!response.ok)
      throw new Error((answer as { detail?: string }).detail ?? `The page answered ${response.status}.`);
    return answer;
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

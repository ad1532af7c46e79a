import { readRunning } from '../../resolver/between/running.ts';

/** Calls the API of the Quell that runs with this data folder. @throws Error with what it answered */
export async function quellApi<Answer>(dataDir: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const { http, token } = await readRunning(dataDir);
  const response = await fetch(`${http[0]}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text ? JSON.parse(text) : undefined) as Answer;
}

import pino from 'pino';
import { expect, test } from 'vitest';
import { aSite } from './a-site.ts';

test('a mistake of Quell’s own is logged with its stack and its route, without what was asked', async () => {
  const lines: string[] = [];
  const log = pino({ serializers: { error: pino.stdSerializers.err } }, { write: (line: string) => lines.push(line) });
  const broken = async (): Promise<never> => {
    throw new TypeError('a bug');
  };
  const { asOwner } = await aSite({
    log,
    record: { attempts: broken, summary: broken, timeline: broken, firstSeen: broken },
  });
  const owner = await asOwner();
  const answer = await owner('GET', '/attempts/export?domain=private.example');
  expect(answer.status).toBe(500);
  const second = await owner('GET', '/domains/data.mistat.xiaomi.com');
  expect(second.status).toBe(500);
  const logged = lines.map((line) => JSON.parse(line));
  expect(logged.map(({ method, route }) => `${method} ${route}`)).toEqual([
    'GET /api/v1/attempts/export',
    expect.stringMatching(/^GET \/api\/v1\/domains\/(:|\{)/),
  ]);
  for (const { error } of logged) expect(error).toMatchObject({ message: 'a bug', stack: expect.any(String) });
  expect(lines.join()).not.toMatch(/private\.example|mistat/);
});

import { describe, expect, test } from 'vitest';
import { aSite } from './a-site.ts';

const OLD_MAC = '62:25:6f:00:00:01';
const NEW_MAC = '6a:25:6f:00:00:02';

type Site = Awaited<ReturnType<typeof aSite>>;
type Ask = Awaited<ReturnType<Site['asOwner']>>;
interface Kept {
  readonly attempts: readonly { device: string; domain: string }[];
  readonly totals: { readonly blocked: number };
}

/** A phone that asked under two MACs, and somebody else. */
async function twoThatAreOne() {
  const site = await aSite();
  const ask = await site.asOwner();
  const kept = await site.aPhone('192.168.1.7', OLD_MAC);
  const other = await site.aPhone('192.168.1.8', NEW_MAC);
  const neighbour = await site.aPhone('192.168.1.9', '1c:cc:d6:00:00:09');
  const at = site.clock.wall - 60_000;
  const blocked = { qtype: 1, outcome: 'blocked', purpose: 'ads', reason: 'pack:xiaomi' } as const;
  await site.record(
    [
      { at, device: kept, domain: 'a.example', ...blocked },
      { at: at + 1000, device: other, domain: 'b.example', ...blocked },
      { at: at + 2000, device: other, domain: 'a.example', ...blocked },
      { at: at + 3000, device: neighbour, domain: 'c.example', ...blocked },
    ],
    [
      { device: kept, total: 1, blocked: 1 },
      { device: other, total: 2, blocked: 2 },
      { device: neighbour, total: 1, blocked: 1 },
    ],
  );
  return { site, ask, kept, other, neighbour };
}

const get = async <T = Kept>(ask: Ask, path: string): Promise<T> => (await ask('GET', path)).json() as Promise<T>;
const domainsOf = async (ask: Ask, device: string) =>
  (await get(ask, `/attempts?device=${device}`)).attempts.map(({ domain }) => domain);
const blockedOf = async (ask: Ask, device: string) => (await get(ask, `/summary?device=${device}`)).totals.blocked;

const merge = (ask: Ask, kept: string, other: string) =>
  ask('POST', `/devices/${kept}/merge`, { body: { device: other } });

describe('what was recorded of two devices that turn out to be one', () => {
  test('is one device’s in the log, the sums, the timeline, the report and the export', async () => {
    const { ask, kept, other } = await twoThatAreOne();
    await merge(ask, kept, other);
    expect(await domainsOf(ask, kept)).toEqual(['a.example', 'b.example', 'a.example']);
    expect(await domainsOf(ask, other)).toEqual(await domainsOf(ask, kept));
    expect((await get(ask, '/attempts')).attempts.map(({ device }) => device)).not.toContain(other);
    expect(await blockedOf(ask, kept)).toBe(3);
    const byDevice = await get<{ buckets: { key: string; blocked: number }[] }>(ask, '/summary?by=device');
    expect(byDevice.buckets.map(({ key, blocked }) => [key, blocked])).toContainEqual([kept, 3]);
    const timeline = await get<{ cells: { blocked: number }[] }>(ask, `/devices/${kept}/timeline`);
    expect(timeline.cells.reduce((sum, cell) => sum + cell.blocked, 0)).toBe(3);
    const report = await get<{ totals: object; newDomains: object[] }>(ask, `/devices/${kept}/report`);
    expect(report.totals).toMatchObject({ blocked: 3 });
    expect(report.newDomains).toHaveLength(2);
    const text = await (await ask('GET', `/attempts/export?format=csv&device=${kept}`)).text();
    expect(text.trim().split('\r\n')).toHaveLength(4);
    const shown = await get<{ today: { blocked: number } }>(ask, `/devices/${kept}`);
    expect(shown.today).toMatchObject({ blocked: 3 });
  });

  test('comes page by page, each once', async () => {
    const { ask, kept, other } = await twoThatAreOne();
    await merge(ask, kept, other);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page: Kept & { next?: string } = await get(ask, `/attempts?device=${kept}&limit=1${cursor}`);
      seen.push(...page.attempts.map(({ domain }) => domain));
      cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
    } while (cursor !== '');
    expect(seen).toEqual(['a.example', 'b.example', 'a.example']);
  });

  test('is each one’s own again when the merge is undone', async () => {
    const { ask, kept, other } = await twoThatAreOne();
    const merged = await merge(ask, kept, other);
    await ask('POST', `/history/${merged.headers.get('quell-change')}/undo`);
    expect(await domainsOf(ask, kept)).toEqual(['a.example']);
    expect(await domainsOf(ask, other)).toEqual(['a.example', 'b.example']);
  });

  test('goes along when what one went by is split off, under the id that it had', async () => {
    const { ask, kept, other } = await twoThatAreOne();
    await merge(ask, kept, other);
    const answer = await ask('POST', `/devices/${kept}/split`, {
      body: { identifiers: [{ kind: 'mac', value: NEW_MAC }] },
    });
    expect(await answer.json()).toMatchObject({ device: { id: kept }, split: { id: other } });
    expect(await domainsOf(ask, kept)).toEqual(['a.example']);
    expect(await domainsOf(ask, other)).toEqual(['a.example', 'b.example']);
  });

  test('stays where it is when something else is split off', async () => {
    const { ask, kept, other } = await twoThatAreOne();
    await merge(ask, kept, other);
    const answer = await ask('POST', `/devices/${kept}/split`, {
      body: { identifiers: [{ kind: 'address', value: '192.168.1.7' }] },
    });
    const { split } = (await answer.json()) as { split: { id: string } };
    expect([kept, other]).not.toContain(split.id);
    expect(await domainsOf(ask, kept)).toHaveLength(3);
  });

  test('is forgotten together', async () => {
    const { site, ask, kept, other } = await twoThatAreOne();
    await merge(ask, kept, other);
    expect((await ask('DELETE', `/devices/${kept}`)).status).toBe(204);
    const left = await site.store.record.attempts({ limit: 10 });
    expect(left.attempts.map(({ domain }) => domain)).toEqual(['c.example']);
    expect(JSON.stringify(site.household.all('change'))).not.toContain(other);
  });

  test('survives a second merge and a restart', async () => {
    const { site, ask, kept, other, neighbour } = await twoThatAreOne();
    await merge(ask, kept, other);
    await merge(ask, neighbour, kept);
    await site.household.reload();
    expect(await domainsOf(ask, neighbour)).toHaveLength(4);
    expect(await blockedOf(ask, other)).toBe(4);
  });

  test('is found also when the network itself showed that they are one', async () => {
    const site = await aSite();
    const ask = await site.asOwner();
    site.devices.note({ address: '192.168.1.77' });
    const stranger = site.devices.behind('192.168.1.77')!;
    const outcome = { qtype: 1, outcome: 'blocked', purpose: 'ads', reason: 'pack:xiaomi' } as const;
    await site.record([{ at: site.clock.wall - 1000, device: stranger, domain: 'a.example', ...outcome }]);
    const phone = await site.aPhone('192.168.1.7', OLD_MAC);
    site.devices.reload();
    site.devices.note({ address: '192.168.1.77', neighbour: OLD_MAC });
    expect(site.devices.behind('192.168.1.77')).toBe(phone);
    await expect.poll(() => site.household.get('device', phone)?.formerly).toHaveLength(1);
    expect(await domainsOf(ask, phone)).toEqual(['a.example']);
  });
});

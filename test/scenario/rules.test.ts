import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';
const CHECK = 'connect.rom.miui.com';
const PHONE = '127.0.0.2';
const OTHER = '127.0.0.3';
const PASSED = ['198.51.100.7'];
const BLOCKED = ['0.0.0.0'];

interface DeviceRow {
  readonly id: string;
  readonly addresses: string[];
}

let internet: FakeInternet;
beforeAll(async () => {
  internet = await new FakeInternet().start();
});
afterAll(() => internet.stop());

const start = (dataDir?: string) => Quell.start({ env: { QUELL_UPSTREAMS: internet.address }, dataDir });

async function phoneAt(quell: Quell, address: string): Promise<string> {
  await quell.dig(TELEMETRY, 'A', { from: address });
  const { id } = await quell.eventually(async () => {
    const { devices } = await quell.api<{ devices: DeviceRow[] }>('GET', '/devices');
    return devices.find(({ addresses }) => addresses.includes(address));
  });
  return id;
}

const ruleOn = (id: string, more: object = {}) => ({
  scope: { kind: 'device', id },
  target: { kind: 'suffix', value: 'mistat.xiaomi.com' },
  action: 'allow',
  ...more,
});

const ask = (quell: Quell, from: string, name = TELEMETRY) => quell.dig(name, 'A', { from });

describe('a rule', () => {
  it('holds from the next question after the API answered, and so does its end', async () => {
    await using quell = await start();
    const id = await phoneAt(quell, PHONE);
    for (let i = 0; i < 20; i++) {
      const { id: rule } = await quell.api<{ id: string }>('POST', '/rules', ruleOn(id));
      expect(await ask(quell, PHONE)).toEqual(PASSED);
      await quell.api('DELETE', `/rules/${rule}`);
      expect(await ask(quell, PHONE)).toEqual(BLOCKED);
    }
  });

  it('with an end ends at that moment, also while nobody is there to end it', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
    let quell = await start(dataDir);
    try {
      const id = await phoneAt(quell, PHONE);
      const until = Date.now() + 4000;
      await quell.api('POST', '/rules', ruleOn(id, { until }));
      expect(await ask(quell, PHONE)).toEqual(PASSED);
      await quell.kill();
      quell = await start(dataDir);
      const answers: { at: number; passed: boolean }[] = [];
      while (answers.at(-1)?.passed !== false) {
        const before = Date.now();
        const passed = (await ask(quell, PHONE))[0] === PASSED[0];
        // Only answers that are on one side of the end for certain say anything.
        if (Date.now() < until || before >= until) answers.push({ at: before, passed });
      }
      expect(answers.length).toBeGreaterThan(1);
      expect(answers.filter(({ at, passed }) => passed !== at < until)).toEqual([]);
    } finally {
      await quell.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('that is answered for is there after a kill at once', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'quell-'));
    let quell = await start(dataDir);
    try {
      const id = await phoneAt(quell, PHONE);
      await quell.api('POST', '/rules', ruleOn(id));
      await quell.kill();
      quell = await start(dataDir);
      await quell.eventually(async () => (await ask(quell, PHONE))[0] === PASSED[0]);
      expect(await ask(quell, OTHER)).toEqual(BLOCKED);
    } finally {
      await quell.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('on a person holds on the person’s phones, answered in the rule’s own way', async () => {
    await using quell = await start();
    const id = await phoneAt(quell, PHONE);
    await phoneAt(quell, OTHER);
    const ana = await quell.api<{ id: string }>('POST', '/people', { name: 'Ana', devices: [id] });
    await quell.api('POST', '/rules', {
      scope: { kind: 'group', id: ana.id },
      target: { kind: 'regex', value: '^(games|chat)\\.' },
      action: 'block',
      mode: 'nxdomain',
    });
    expect(await quell.digAll('games.example', '-b', PHONE)).toMatch(/status: NXDOMAIN[\s\S]*SOA/);
    expect(await ask(quell, OTHER, 'games.example')).toEqual(PASSED);
  });

  it('is explained as it was at each time', async () => {
    await using quell = await start();
    const id = await phoneAt(quell, PHONE);
    const times = [Date.now()];
    const { id: rule } = await quell.api<{ id: string }>('POST', '/rules', ruleOn(id));
    times.push(Date.now());
    await quell.api('DELETE', `/rules/${rule}`);
    times.push(Date.now());
    const said = [];
    for (const at of times) {
      const path = `/explain?device=${id}&domain=${TELEMETRY}&at=${at}`;
      said.push((await quell.api<{ verdict: { action: string } }>('GET', path)).verdict.action);
    }
    expect(said).toEqual(['block', 'allow', 'block']);

    const now = await quell.cli('explain', PHONE, TELEMETRY);
    expect(now).toMatch(/^data\.mistat\.xiaomi\.com on .*: block \(purpose:system-usage\), for system-usage$/m);
    expect(now).toMatch(/^ {2}Who asks: \S.*\.$/m);
    expect(now).toMatch(/^→ The device's purposes: Blocks it \(purpose:system-usage\): \S/m);
    expect(now).toMatch(/^ {2}Answered by no address/m);
    const then = await quell.cli('explain', id, TELEMETRY, 'AAAA', '--at', new Date(times[1]).toISOString());
    expect(then).toMatch(new RegExp(`^→ This device's own rules: Lets it pass \\(rule:${rule}\\)`, 'm'));
    expect(then).not.toContain('Answered by');
    await expect(quell.cli('explain', id, TELEMETRY, '--at', 'yesterday')).rejects.toThrow('"yesterday" is no time');
  });
});

describe('a device that comes after the household chose to hold unknown ones', () => {
  it('sees that it is online and nothing else, until it is given a name', async () => {
    await using quell = await start();
    await phoneAt(quell, PHONE);
    await quell.api('PATCH', '/settings', { unknownDevices: 'hold' });
    await quell.eventually(async () => (await ask(quell, PHONE, 'example.org'))[0] === PASSED[0]);
    expect(await ask(quell, OTHER, 'example.org')).toEqual(BLOCKED);
    expect(await ask(quell, OTHER, CHECK)).toEqual(PASSED);
    expect(await quell.digAll('example.org', '-b', OTHER)).toMatch(/EDE: 17 \(Filtered\): .*nobody .* decided/);
    const id = await phoneAt(quell, OTHER);
    await quell.api('PATCH', `/devices/${id}`, { name: 'Guest phone' });
    expect(await ask(quell, OTHER, 'example.org')).toEqual(PASSED);
    expect(await ask(quell, OTHER)).toEqual(BLOCKED);
  });
});

import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { connectivityChecks } from '../../../../resolver/control/coverage/connectivity-checks.ts';
import { CoverageWatch, SILENT_AFTER } from '../../../../resolver/control/coverage/coverage.ts';
import { routerFixes } from '../../../../resolver/control/coverage/fixes.ts';
import { defaultGateways, parseIpv6Routes, parseRoutes } from '../../../../resolver/control/coverage/gateway.ts';
import { QuestionCounts } from '../../../../resolver/control/coverage/question-counts.ts';
import { findSpokesmen, type SpokesmanFacts } from '../../../../resolver/control/coverage/spokesman.ts';
import { nameSignals } from '../../../../resolver/control/devices/likeness-signals.ts';
import { Presences } from '../../../../resolver/control/devices/presence.ts';
import { readShippedPacks } from '../../../../resolver/control/packs.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const household = { resolver: ['192.168.1.2', 'fd00::2'], router: '192.168.1.1' };

describe('does a phone ask us at all', () => {
  const watch = () => {
    const presences = new Presences();
    const clock = { now: START };
    const coverage = new CoverageWatch({ presenceOf: (id) => presences.of(id), now: () => clock.now });
    return { presences, clock, coverage, of: () => coverage.coverageOf('d_1') };
  };

  test('nobody knows before it was there for a while', () => {
    const { presences, of } = watch();
    expect(of()).toMatchObject({ state: 'unknown' });
    presences.confirmed('d_1', START);
    expect(of()).toMatchObject({ state: 'unknown', sentence: 'It has not asked Quell for a name yet.' });
  });

  test('one that is there and asks is covered, and after some hours of absence unknown again', () => {
    const { presences, clock, of } = watch();
    presences.confirmed('d_1', START);
    presences.asked('d_1', START);
    expect(of()).toEqual({
      state: 'covered',
      sentence: 'It asked Quell for a name just now.',
      why: { reason: 'asks', seconds: 0 },
      provenAt: START,
    });
    clock.now += 20 * MINUTE;
    expect(of().why).toEqual({ reason: 'asks', seconds: 1200 });
    expect(of().sentence).toBe('It asked Quell for a name 20 minutes ago.');
    clock.now += 10 * HOUR;
    expect(of()).toMatchObject({ state: 'unknown', sentence: expect.stringContaining('probably away') });
  });

  test('one that is there and stays silent is not covered, and one question changes that', () => {
    const { presences, clock, of } = watch();
    for (; clock.now <= START + SILENT_AFTER; clock.now += 5 * MINUTE) presences.confirmed('d_1', clock.now);
    expect(of()).toMatchObject({
      state: 'not-covered',
      sentence: 'It has been on the network for 45 minutes and never asked Quell for a name.',
      why: { reason: 'never-asked', seconds: 45 * 60 },
      remedy: expect.stringContaining('Private DNS'),
    });
    presences.asked('d_1', clock.now);
    expect(of()).toMatchObject({ state: 'covered' });
  });

  test('one that fell silent says since when, and one that left is not accused', () => {
    const { presences, clock, of } = watch();
    presences.asked('d_1', START);
    for (; clock.now <= START + 2 * HOUR; clock.now += 5 * MINUTE) presences.confirmed('d_1', clock.now);
    expect(of()).toMatchObject({ state: 'not-covered', sentence: expect.stringContaining('for 2 hours') });
    clock.now += HOUR;
    expect(of().state).not.toBe('not-covered');
  });

  test('one that got a name by which it can look names up elsewhere is partly covered, and not if that was blocked', () => {
    const { presences, clock, coverage, of } = watch();
    presences.asked('d_1', START);
    const asked = { purpose: 'resolver-bypass', blocked: true, at: clock.now } as const;
    coverage.heard('d_1', 'resolver.msg.global.xiaomi.net', asked);
    expect(of().state).toBe('covered');
    coverage.heard('d_1', 'resolver.msg.global.xiaomi.net', { ...asked, blocked: false });
    expect(of()).toMatchObject({
      state: 'partly',
      sentence: expect.stringContaining('resolver.msg.global.xiaomi.net'),
    });
  });

  test('one that only checks whether it is online looks the rest up elsewhere', () => {
    const { presences, clock, coverage, of } = watch();
    coverage.heard('d_1', 'connectivitycheck.gstatic.com', { blocked: false, at: START });
    clock.now += 2 * HOUR;
    presences.asked('d_1', clock.now);
    expect(of().state).toBe('partly');
    coverage.askedOther('d_1', clock.now);
    expect(of().state).toBe('covered');
  });
});

test('whatever name tells something of a device is in a pack, or it would never be heard of', () => {
  const packs = readShippedPacks((sentence) => expect.fail(sentence));
  const known = packs.flatMap(({ names }) => names.map(({ name }) => `.${name}`));
  for (const telling of [...connectivityChecks.keys(), ...nameSignals.keys()])
    expect(
      known.some((name) => name.endsWith(`.${telling}`)),
      telling,
    ).toBe(true);
});

describe('one client that speaks for many', () => {
  const device = (id: string, address: string) => ({
    id,
    identifiers: [{ kind: 'address', value: address, source: 'neighbour', firstSeen: 0, lastSeen: 0 } as const],
  });
  const facts = (changed: Partial<SpokesmanFacts> = {}): SpokesmanFacts => ({
    devices: [device('router', '192.168.1.1'), device('phone', '192.168.1.7')],
    gateways: ['192.168.1.1'],
    checksOf: (id) => (id === 'router' ? ['Xiaomi', 'Apple', 'Windows'] : []),
    questionsOf: (id) => (id === 'router' ? 5000 : 100),
    isTrusted: () => false,
    household,
    ...changed,
  });

  test('a router that asks for all is found, told in words, and can be repaired', () => {
    const [found, ...others] = findSpokesmen(facts());
    expect(others).toEqual([]);
    expect(found.sentence).toMatch(/^Your router asks for several devices/);
    expect(found.because).toEqual([
      'It asks whether it is online as Xiaomi, Apple, and Windows devices do, all at once.',
      '192.168.1.1 is the router of this network.',
      '98 of 100 questions of the last day came from it.',
    ]);
    expect(found.fixes.length).toBeGreaterThan(5);
  });

  test('a router that asks a little for itself, one phone in an empty house, and a forwarder that tells for whom are none', () => {
    const itself = { checksOf: () => [], questionsOf: (id: string) => (id === 'router' ? 50 : 2000) };
    expect(findSpokesmen(facts(itself))).toEqual([]);
    const alone = { checksOf: () => ['Xiaomi', 'Android'], questionsOf: (id: string) => (id === 'phone' ? 5000 : 0) };
    expect(findSpokesmen(facts({ ...alone, gateways: [] }))).toEqual([]);
    expect(findSpokesmen(facts({ isTrusted: (address) => address === '192.168.1.1' }))).toEqual([]);
  });

  test('a second router inside the network is found by the systems behind it', () => {
    const [found] = findSpokesmen(facts({ gateways: ['10.0.0.1'] }));
    expect(found.device).toBe('router');
  });

  test('what is to be copied into dnsmasq is what dnsmasq accepts', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'quell-fixes-'));
    const fixes = routerFixes(household).filter(({ copy }) => copy?.where.endsWith('quell.conf'));
    expect(fixes).toHaveLength(2);
    for (const { id, copy } of fixes) {
      await writeFile(join(folder, id), `${copy!.text}\n`);
      await promisify(execFile)('dnsmasq', ['--test', '-C', join(folder, id)]);
    }
    await rm(folder, { recursive: true });
  });

  test('fixes that need an IPv4 address are left out where there is none', () => {
    const ids = routerFixes({ resolver: ['fd00::2'] }).map(({ id }) => id);
    expect(ids).toEqual(['openwrt-add-mac', 'dnsmasq-add-mac']);
  });
});

describe('the default gateway', () => {
  test('is read from the kernel’s tables of routes', () => {
    const ipv4 = 'Iface\tDestination\tGateway \tFlags\neth0\t00000000\t0101A8C0\t0003\neth0\t0001A8C0\t00000000\t0001';
    expect(parseRoutes(ipv4)).toEqual(['192.168.1.1']);
    const any = '0'.repeat(32);
    const router = 'fe800000000000000000000000000001';
    const ipv6 = [
      `fd000000000000000000000000000000 40 ${any} 00 ${any} 00000100 00000001 00000000 00000001     eth0`,
      `${any} 00 ${any} 00 ${router} 00000400 00000003 00000000 00000003     eth0`,
      // `ip route add default dev wg0`, and the kernel's own "unreachable" of every machine.
      `${any} 00 ${any} 00 ${any} 00000400 00000001 00000000 00000001      wg0`,
      `${any} 00 ${any} 00 ${any} ffffffff 00000001 00000000 00200200       lo`,
      `20010db8000000000000000000000000 20 ${any} 00 ${router} 00000400 00000001 00000000 00000003     eth0`,
    ];
    expect(parseIpv6Routes(`${ipv6.join('\n')}\n`)).toEqual(['fe80::1']);
  });

  test('is what this machine’s own routes say', async () => {
    const said = ['-4', '-6'].map((family) =>
      execFileSync('ip', [family, 'route', 'show', 'default'], { encoding: 'utf8' }),
    );
    const gateways = [...said.join('').matchAll(/^default\b.*?\bvia (\S+)/gm)].map(([, address]) => address);
    expect((await defaultGateways()).sort()).toEqual(gateways.sort());
  });
});

test('questions count for a day, to the hour, and not for a device that is gone', () => {
  const counts = new QuestionCounts();
  counts.add('d_1', 100, START);
  counts.add('d_1', 10, START + 23 * HOUR);
  counts.add('d_2', 1, START + 23 * HOUR);
  expect(counts.ofLastDay('d_1', START + 23 * HOUR)).toBe(110);
  expect(counts.ofLastDay('d_1', START + 24 * HOUR)).toBe(10);
  counts.forget('d_1');
  expect(counts.ofLastDay('d_1', START + 24 * HOUR)).toBe(0);
  expect(counts.ofLastDay('d_2', START + 24 * HOUR)).toBe(1);
});

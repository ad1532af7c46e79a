import { expect, it } from 'vitest';
import { compile } from '../../../lists/compile.ts';
import { RuleSet } from '../../../lists/rule-set/rule-set.ts';
import { emptyPolicySnapshot } from '../../../resolver/between/policy-snapshot.ts';
import { HashedName } from '../../../resolver/policy/hashed-name.ts';
import { Matcher } from '../../../resolver/policy/matcher.ts';
import type { BlockMode, DevicePolicy } from '../../../resolver/policy/model.ts';
import { Policy } from '../../../resolver/policy/policy.ts';
import { Verdict } from '../../../resolver/policy/verdict.ts';
import { type } from '../../../resolver/wire/header.ts';

const phone = (id: string, ...knownAs: string[]): DevicePolicy => ({
  id,
  knownAs,
  groups: [],
  purposes: {},
  recording: 'attempts',
});

const devices = [
  phone('d_1', 'mi 11 of ada', 'aa:bb:cc:00:00:01', '192.168.1.11', '2001:db8::11'),
  phone('d_2', 'redmi', 'aa:bb:cc:00:00:02', '192.168.2.12'),
];

/** A household with one list of the given lines. */
function asker(text: string, mode?: BlockMode): (name: string, device?: string, qtype?: number) => string {
  const { ruleSet } = compile({
    packs: [],
    lists: [{ id: 'l_1', version: 'v', kind: 'block', read: () => new TextEncoder().encode(text) }],
    limits: { names: 1000, patterns: 10 },
  });
  const compileRegex = (source: string) => (name: string) => new RegExp(source).test(name);
  const lists = [{ id: 'l_1', scope: { kind: 'everyone' }, watchOnly: false, mode } as const];
  const matcher = new Matcher(RuleSet.open(ruleSet), compileRegex);
  const policy = new Policy({ ...emptyPolicySnapshot, lists, devices }, matcher, compileRegex);
  const name = new HashedName();
  const verdict = new Verdict();
  return (domain, device = 'd_1', qtype = type.A) => {
    name.readText(domain);
    policy.decide(name, qtype, policy.device(device), 0, verdict);
    return verdict.blocked ? `block ${verdict.mode ?? 'as usual'}` : 'pass';
  };
}

it.each([
  ['by its name, whatever the case', "$client='Mi 11 of Ada'"],
  ['by its MAC', '$client=AA-BB-CC-00-00-01'],
  ['by its address', '$client=192.168.1.11'],
  ['by its IPv6 address, however it is written', '$client=2001:DB8:0::11'],
  ['by its network', '$client=192.168.1.0/24'],
  ['as one of several', '$client=10.0.0.1|192.168.1.11'],
  ['by what it is not', '$client=~redmi'],
])('an entry for one client names it %s', (_how, modifier) => {
  const ask = asker(`||ads.example^${modifier}\n||other.example^\n`);
  expect(ask('x.ads.example', 'd_1')).toBe('block as usual');
  expect(ask('x.ads.example', 'd_2')).toBe('pass');
  expect(ask('other.example', 'd_2')).toBe('block as usual');
});

it('a client that no device is known for is none of those named, and all of those not named', () => {
  const ask = asker('||one.example^$client=redmi\n||two.example^$client=~redmi\n||other.example^\n');
  expect(ask('one.example', 'stranger')).toBe('pass');
  expect(ask('two.example', 'stranger')).toBe('block as usual');
});

it('an exception for one client lets only that one through', () => {
  const ask = asker('||ads.example^\n@@||ads.example^$client=redmi\n');
  expect(ask('ads.example', 'd_1')).toBe('block as usual');
  expect(ask('ads.example', 'd_2')).toBe('pass');
});

it.each([
  ['||ads.example^$dnsrewrite=NXDOMAIN;;', 'block nxdomain'],
  ['||ads.example^$dnsrewrite=REFUSED', 'block refused'],
  ['||ads.example^$dnsrewrite=NOERROR;;', 'block nodata'],
  ['||ads.example^$dnsrewrite=0.0.0.0', 'block null'],
  ['||ads.example^$dnsrewrite=NOERROR;A;127.0.0.1', 'block null'],
  ['||ads.example^$dnsrewrite=192.168.1.66', 'pass'],
  ['||ads.example^$dnsrewrite=evil.example', 'pass'],
  ['||ads.example^', 'block as usual'],
])('%s: %s', (line, says) => {
  expect(asker(`${line}\n||other.example^\n`)('ads.example')).toBe(says);
});

it('a zone says NODATA of one name and nothing in particular of another', () => {
  const ask = asker('$TTL 60\n@ SOA localhost. root. 1 2 3 4 5\nads.example CNAME *.\nother.example CNAME .\n');
  expect(ask('ads.example')).toBe('block nodata');
  expect(ask('other.example')).toBe('block as usual');
});

it('what the household chose for the list stands above what the list wants', () => {
  expect(asker('||ads.example^$dnsrewrite=NXDOMAIN;;\n||other.example^\n', 'sinkhole')('ads.example')).toBe(
    'block sinkhole',
  );
});

it('an entry for some types holds for those only', () => {
  const ask = asker('||ads.example^$dnstype=HTTPS\n||other.example^\n');
  expect(ask('ads.example', 'd_1', type.HTTPS)).toBe('block as usual');
  expect(ask('ads.example', 'd_1', type.A)).toBe('pass');
});

import { describe, expect, test } from 'vitest';
import { read } from './read.ts';

const rules = (...lines: string[]) => read(`[Adblock Plus]\n! Title: x\n||first.example^\n${lines.join('\n')}\n`);
const rule = (line: string) => rules(line).entries[1];

describe('where a rule holds', () => {
  test.each([
    ['||ads.example^', 'block suffix ads.example'],
    ['@@||ads.example^', 'allow suffix ads.example'],
    ['||ADS.Example^|', 'block suffix ads.example'],
    ['||ads.example|', 'block suffix ads.example'],
    ['||ads.example', 'block suffix ads.example'],
    ['||zip^', 'block suffix zip'],
    ['|ads.example^', 'block exact ads.example'],
    ['|ads.example|', 'block exact ads.example'],
    ['|https://ads.example^', 'block exact ads.example'],
    ['://ads.example^', 'block exact ads.example'],
    ['ads.example', 'block exact ads.example'],
    ['0.0.0.0 ads.example', 'block exact ads.example'],
    ['||*.ads.example^', 'block below ads.example'],
    ['*.ads.example', 'block below ads.example'],
    ['.ads.example^', 'block below ads.example'],
    ['||ads*.example^', 'block /(?:^|\\.)ads.*\\.example$/'],
    ['||ads.*^', 'block /(?:^|\\.)ads\\./'],
    ['||ads.', 'block /(?:^|\\.)ads\\./'],
    ['|ads-*.example.com|', 'block /^ads-.*\\.example\\.com$/'],
    ['-ads.example^', 'block /-ads\\.example$/'],
    ['@@||*cdn.example^', 'allow /cdn\\.example$/'],
    ['/^ads[0-9]+\\.example$/', 'block /(?i)^ads[0-9]+\\.example$/'],
    ['/(^|\\.)ads\\.example$/', 'block suffix ads.example'],
    ['||m\u00fcnchen.example^', 'block suffix xn--mnchen-3ya.example'],
  ])('%s means: %s', (line, entry) => {
    expect(rule(line)).toBe(entry);
  });
});

describe('modifiers', () => {
  test.each([
    ['||a.example^$important', 'important block suffix a.example'],
    ['@@||a.example^$important', 'important allow suffix a.example'],
    ['||a.example^$all', 'block suffix a.example'],
    ['||a.example^$dnstype=AAAA|https', 'block suffix {"types":{"codes":[28,65],"except":false}} a.example'],
    ['||a.example^$dnstype=~A', 'block suffix {"types":{"codes":[1],"except":true}} a.example'],
    ['||a.example^$client=~192.168.1.7', 'block suffix {"clients":{"names":["192.168.1.7"],"except":true}} a.example'],
    ["||a.example^$client='Anna'|tv", 'block suffix {"clients":{"names":["Anna","tv"],"except":false}} a.example'],
    [
      '||a.example^$denyallow=ok.a.example|B.example',
      'block suffix {"denyallow":["ok.a.example","b.example"]} a.example',
    ],
    ['||a.example^$dnsrewrite=NXDOMAIN', 'block suffix {"rewrite":{"rcode":"NXDOMAIN"}} a.example'],
    [
      '||a.example^$dnsrewrite=NOERROR;A;0.0.0.0',
      'block suffix {"rewrite":{"rcode":"NOERROR","type":"A","value":"0.0.0.0"}} a.example',
    ],
    ['||a.example^$important,dnstype=A', 'important block suffix {"types":{"codes":[1],"except":false}} a.example'],
  ])('%s means: %s', (line, entry) => {
    expect(rule(line)).toBe(entry);
  });

  test('a $badfilter takes back the rule it repeats, wherever it stands and in whatever order', () => {
    const list = rules(
      '||b.example^$badfilter',
      '||a.example^',
      '||b.example^',
      '||c.example^$important,dnstype=A',
      '||c.example^$dnstype=A,badfilter,important',
      '||c.example^',
    );
    expect(list.entries).toEqual(['block suffix first.example', 'block suffix a.example', 'block suffix c.example']);
  });
});

describe('lines of no use to DNS are skipped and counted', () => {
  test.each([
    ['example.com##.ad', 'a rule for what pages look like'],
    ['##.ad', 'a rule for what pages look like'],
    ['example.com#@#.ad', 'a rule for what pages look like'],
    ['example.com#?#div:has(.ad)', 'a rule for what pages look like'],
    ['example.com#%#//scriptlet("x")', 'a rule for what pages look like'],
    ['||a.example/ads.js', 'a rule for paths'],
    ['||a.example^$third-party', 'for browsers only: $third-party'],
    ['@@||a.example^$document', 'for browsers only: $document'],
    ['||10.1.2.3^', 'an address, not a name'],
    ['*', 'would match every name'],
    ['/.*/', 'would match every name'],
    ['||a.example^$dnsrewrite=10.0.0.7', 'an answer of the list’s own choice'],
    ['||a.example^$dnsrewrite=NOERROR;CNAME;evil.example', 'an answer of the list’s own choice'],
  ])('%s', (line, reason) => {
    const list = rules(line);
    expect(list.entries.length).toBe(1);
    expect(list.skippedBecause).toEqual({ [reason]: 1 });
  });

  test('comments count for nothing', () => {
    expect(rules('! a comment', '# another', '[Adblock Plus 2.0]', '!#if ext')).toMatchObject({ skipped: 0, bad: 0 });
  });
});

test('a regex that would take exponential time elsewhere, or that RE2 has not, is a bad line', () => {
  expect(rules('/(?=ads)/').badLines).toMatchObject([{ line: 4 }]);
  expect(rule('/^(a+)+$/')).toBe('block /(?i)^(a+)+$/');
});

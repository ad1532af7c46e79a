import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeList } from '../../../lists/parse/decode.ts';
import { Name } from '../../../lists/parse/name.ts';
import { hashName, lanesOfName } from '../../../lists/rule-set/name-hash.ts';
import { read } from './read.ts';

const MB = 2 ** 20;
const bytes = (text: string) => new TextEncoder().encode(text);

describe('what editors, servers and accidents do to a list', () => {
  test('Windows line ends, tabs, blanks and NULs around a name change nothing', () => {
    expect(read('a.example\r\n\tb.example \r\n\0c.example\0\0\r\n').entries).toEqual([
      'block exact a.example',
      'block exact b.example',
      'block exact c.example',
    ]);
  });

  test('a byte-order mark does not cost the first name', () => {
    const list = decodeList(bytes('\ufeffa.example\nb.example\n'), MB);
    expect(read(list).entries.length).toBe(2);
  });

  test('UTF-16 is read', () => {
    const list = decodeList(Buffer.from('\ufeffa.example\nb.example\n', 'utf16le'), MB);
    expect(read(list).entries).toEqual(['block exact a.example', 'block exact b.example']);
  });

  test('an archive is unpacked', () => {
    expect(read(decodeList(gzipSync('a.example\n'), MB)).entries).toEqual(['block exact a.example']);
  });

  test('an archive that unpacks to more than a list may have is refused in a sentence', () => {
    expect(() => decodeList(gzipSync(Buffer.alloc(4 * MB)), MB)).toThrow('The list is larger than 1 MB');
  });

  test('a line of ten megabytes costs one line', () => {
    const list = read(`a.example\n${'x'.repeat(10 * MB)}\nb.example\n`);
    expect(list.entries.length).toBe(2);
    expect(list.badLines).toMatchObject([{ line: 2, reason: expect.stringContaining('longer than') }]);
    expect(list.badLines[0].text.length).toBeLessThan(200);
  });

  test('a last line without an end counts', () => {
    expect(read('a.example\nb.example').entries.length).toBe(2);
  });

  test('a NUL inside a name is a bad line', () => {
    expect(read('a.example\nb.exa\0mple\nc.example\n').badLines).toMatchObject([{ line: 2 }]);
  });

  test('bad lines are counted in full and shown up to a budget', () => {
    const list = read(`${'a.example\n'.repeat(100)}${'?\n'.repeat(80)}`);
    expect(list.bad).toBe(80);
    expect(list.badLines.length).toBe(50);
  });

  test('international names become what goes over the wire', () => {
    expect(read('m\u00fcnchen.example\n\u4e2d\u56fd.\u4e2d\u56fd\n').entries).toEqual([
      'block exact xn--mnchen-3ya.example',
      'block exact xn--fiqs8s.xn--fiqs8s',
    ]);
  });
});

describe('the format is told from the text', () => {
  test.each([
    ['html', '<!DOCTYPE html>\n<html><a href="http://a.example">x</a>'],
    ['html', '\n  <html lang="en">'],
    ['unknown', ''],
    ['unknown', 'Hello there.\nThis is no list at all, is it?\n'],
    ['unknown', '{"names": ["a.example"]}'],
    ['adblock', '||a.example^\nb.example\nc.example\n0.0.0.0 d.example\n'],
    ['hosts', `${'0.0.0.0 a.example\n'.repeat(50)}||a.example^\n`],
    ['regex', '(^|\\.)ads\\.example\\.com$\n^ads[0-9]+\\.'],
  ])('%s', (format, text) => {
    expect(read(text).format).toBe(format);
  });

  test('though a long comment stands above it', () => {
    expect(read(`${'# words, words\n'.repeat(20_000)}${'||a.example^\n'.repeat(20_000)}`).format).toBe('adblock');
  });
});

test('what the header says is known', () => {
  const { header } = read('! Title: My list\n! Expires: 4 days (update frequency)\n! Licence: MIT\n||a.example^\n');
  expect(header).toMatchObject({ title: 'My list', expiresHours: 96, licence: 'MIT' });
  expect(read('# Expires: 12 hours\na.example\n').header.expiresHours).toBe(12);
  expect(read('# Expires: now and then\na.example\n').header.expiresHours).toBeUndefined();
});

const label = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);

test('a name has the same lanes however it was read', () => {
  const name = new Name();
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 10 }), (labels) => {
      const text = [...labels, 'example'].join('.');
      expect(name.readText(text)).toBeUndefined();
      const count = hashName(text);
      expect(name.labels).toBe(count);
      expect(name.lanes.slice(0, 2 * count)).toEqual(lanesOfName.slice(0, 2 * count));
      expect(name.text()).toBe(text.toLowerCase());
    }),
  );
});

test('no bytes whatever make reading fail, and every line is a rule, skipped, bad or blank', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('||a.example^', '0.0.0.0 b.example', '*.c.example', '@@', '||', '|', '$', '/', '//', '*', '!', '#'),
    fc.stringMatching(/^[|@*.a-z^$=,/~ ]{0,30}$/),
  );
  fc.assert(
    fc.property(
      fc.array(line),
      fc.constantFrom('||a.example^', 'local=/a.b/', 'a.b CNAME .', 'local-zone: "a.b" static'),
      (lines, first) => {
        const text = [...Array<string>(lines.length + 1).fill(first), ...lines].join('\n');
        const { rules, skipped, bad } = read(text);
        expect(rules + skipped + bad).toBeLessThanOrEqual(text.split('\n').length);
        expect(rules).toBeGreaterThan(lines.length);
      },
    ),
  );
});

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each room may import of ours; a reader relies on it, so it is held here. */
const rooms: Record<string, readonly string[]> = {
  lists: ['lists'],
  'resolver/wire': ['resolver/wire'],
  'resolver/policy': ['resolver/policy', 'resolver/wire', 'lists'],
  'resolver/between': ['resolver/between', 'resolver/policy', 'resolver/wire', 'lists'],
  'resolver/answering': ['resolver/answering', 'resolver/policy', 'resolver/between', 'resolver/wire', 'lists'],
  'resolver/control': ['resolver/control', 'resolver/policy', 'resolver/between', 'resolver/wire', 'lists'],
  web: ['web'],
};

// A clone of somebody else's, tested as root, is one that git trusts only when told to.
const files = execFileSync('git', ['-c', `safe.directory=${process.cwd()}`, 'ls-files', '-co', '--exclude-standard'], {
  encoding: 'utf8',
})
  .trim()
  .split('\n');
const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('test/'));
const isIn = (file: string, room: string) => file === room || file.startsWith(`${room}/`);

function importsOf(file: string): { path: string; typesOnly: boolean }[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(
    /^(?:import|export)\s+(type\s)?[^'"]*?from\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gms,
  );
  return [...statements].map(([, type, path, dynamic]) => ({
    path: normalize(join(dirname(file), path ?? dynamic)),
    typesOnly: type !== undefined,
  }));
}

describe('the house', () => {
  it('lets every room import only what it may', () => {
    const trespasses = Object.entries(rooms).flatMap(([room, allowed]) =>
      sources
        .filter((file) => isIn(file, room))
        .flatMap((file) =>
          importsOf(file)
            .filter(({ path }) => !allowed.some((other) => isIn(path, other)))
            .filter(({ path, typesOnly }) => !(room === 'web' && typesOnly && isIn(path, 'resolver/control/api')))
            .map(({ path }) => `${file} imports ${path}`),
        ),
    );
    expect(trespasses).toEqual([]);
  });

  it('keeps its top level as it is', () => {
    const top = new Set(files.map((file) => file.split('/')[0]).filter((name) => !name.startsWith('.')));
    const known = ['LICENSE', 'README.md', 'deploy', 'lists', 'package-lock.json', 'package.json', 'resolver', 'test'];
    expect([...top].sort()).toEqual([...known, 'tsconfig.json', 'web']);
  });

  it('has no test that is switched off or runs alone', () => {
    const pattern = /\b(it|test|describe)\.(only|todo)\(/;
    const tests = files.filter((file) => file.endsWith('.test.ts'));
    expect(tests.filter((file) => pattern.test(readFileSync(file, 'utf8')))).toEqual([]);
  });
});

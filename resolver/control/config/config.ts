import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from './config-error.ts';
import { ConfigFile } from './config-file.ts';
import { fromEnvironment, type Overruling, unknownVariables, variables } from './environment.ts';
import { closest, problemOf } from './issue-sentence.ts';
import { nearest } from './nearest.ts';
import { type CheckedConfig, configSchema, type ListenAddress, type Upstream } from './schema.ts';
import { keysAt } from './schema-keys.ts';

/** The configuration as the rest of the product uses it. Plain data, so that threads can be given it. */
export interface Config extends Omit<CheckedConfig, 'dns' | 'upstreams'> {
  readonly dns: {
    readonly listen: ListenAddress[];
    readonly dotListen: ListenAddress[];
    /** At the web page's own address, and on listeners of its own. */
    readonly doh: { readonly onHttp: boolean; readonly listen: ListenAddress[] };
  };
  readonly upstreams: {
    upstreams: Upstream[];
    fallback: Upstream[];
    conditional: { domain: string; to: Upstream[] }[];
    strategy: 'parallel' | 'strict';
    /** Milliseconds */
    budget: number;
    bootstrap: { address: string; port: number }[];
  };
  /** Things that are odd and no error, one sentence each. */
  readonly warnings: readonly string[];
}

export interface ConfigSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths in file and environment start here. */
  readonly cwd: string;
  /** @throws with `code: 'ENOENT'` where there is none */
  readonly readFile?: (path: string) => string;
}

/**
 * `quell.yaml` (or what `QUELL_CONFIG` names), overruled by the environment, checked and normalised.
 * @throws ConfigError
 */
export function loadConfig({ env, cwd, readFile = (path) => readFileSync(path, 'utf8') }: ConfigSources): Config {
  const file = readConfigFile(env.QUELL_CONFIG?.trim() || undefined, cwd, readFile);
  const raw: Record<string, unknown> = structuredClone(file?.value ?? {});
  const overruled = fromEnvironment(env);
  for (const { path, value } of overruled) put(raw, path, value);
  const { data, error } = configSchema.safeParse(raw);
  if (error) {
    throw new ConfigError(error.issues.map(closest).flatMap((issue) => explain(issue, raw, file, overruled)));
  }
  checkTogether(data);
  return { ...normalise(data, cwd), warnings: warningsOf(env, data) };
}

function readConfigFile(
  named: string | undefined,
  cwd: string,
  readFile: (path: string) => string,
): ConfigFile | undefined {
  const path = resolve(cwd, named ?? 'quell.yaml');
  try {
    return ConfigFile.read(named ?? 'quell.yaml', readFile(path));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && named === undefined) return undefined;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new ConfigError([`${path} can't be read (${why}); correct QUELL_CONFIG, or leave it away to use defaults.`]);
  }
}

function put(raw: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = raw;
  for (const key of path.slice(0, -1)) {
    // What is no map is found wrong by the schema; the variable still counts.
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = {};
    at = at[key] as Record<string, unknown>;
  }
  at[path.at(-1)!] = value;
}

type Issue = Parameters<typeof problemOf>[0];

function explain(issue: Issue, raw: unknown, file: ConfigFile | undefined, overruled: readonly Overruling[]): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const meant = nearest(key, keysAt(configSchema, issue.path));
      const remedy = meant
        ? `did you mean ${dotted([...issue.path, meant])}?`
        : 'remove it, or see quell.example.yaml for all keys.';
      return `${file!.name}, line ${file!.lineOfKey(issue.path, key)}, ${dotted([...issue.path, key])}: there is no such key; ${remedy}`;
    });
  }
  const variable = overruled.find(({ path }) => path.every((part, i) => issue.path[i] === part));
  const problem = problemOf(issue, raw);
  if (variable) return [`${variable.name}: ${problem}.`];
  const where = file ? `${file.name}, line ${file.lineOf(issue.path)}, ` : '';
  return [`${where}${dotted(issue.path)}: ${problem}.`];
}

const dotted = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

/** What no single key can know. @throws ConfigError */
function checkTogether({ dns, tls }: CheckedConfig): void {
  const dohListen = Array.isArray(dns.doh) && dns.doh.length > 0;
  if (tls || (dns.dotListen.length === 0 && !dohListen)) return;
  const what = dns.dotListen.length > 0 ? 'dns.dotListen (QUELL_DOT_LISTEN)' : 'dns.doh (QUELL_DOH)';
  throw new ConfigError([
    `${what} needs a certificate: give tls.cert and tls.key (QUELL_TLS_CERT and QUELL_TLS_KEY), too.`,
  ]);
}

function normalise(checked: CheckedConfig, cwd: string): Omit<Config, 'warnings'> {
  const { dns, upstreams, tls, dataDir, leaseFiles } = checked;
  const { servers, ...others } = upstreams;
  return {
    ...checked,
    dataDir: resolve(cwd, dataDir),
    leaseFiles: leaseFiles.map((file) => resolve(cwd, file)),
    ...(tls && { tls: { cert: resolve(cwd, tls.cert), key: resolve(cwd, tls.key) } }),
    dns: {
      listen: dns.listen,
      dotListen: dns.dotListen,
      doh: { onHttp: dns.doh === true, listen: Array.isArray(dns.doh) ? dns.doh : [] },
    },
    upstreams: { upstreams: servers, ...others },
  };
}

function warningsOf(env: ConfigSources['env'], { answering }: CheckedConfig): string[] {
  const warnings = unknownVariables(env).map((name) => {
    const meant = nearest(name, Object.keys(variables));
    return `The environment variable ${name} means nothing to Quell${meant ? `; did you mean ${meant}?` : '.'}`;
  });
  const { minTtl, maxTtl } = answering.cache;
  if (minTtl > maxTtl) warnings.push('answering.cache.minTtl is greater than maxTtl; maxTtl is used for both.');
  if (answering.limits.clients === 'any') {
    warnings.push(
      'Quell answers the whole world (answering.limits.clients: any); make sure that port 53 can’t be reached from the internet.',
    );
  }
  return warnings;
}

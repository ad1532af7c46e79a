/** What an environment variable stands for: the key's path, and whether it is a comma list. */
interface Variable {
  readonly path: readonly string[];
  readonly form?: 'list' | 'switch-or-list';
}

export const variables: Readonly<Record<string, Variable>> = {
  QUELL_DATA_DIR: { path: ['dataDir'] },
  QUELL_NODE_NAME: { path: ['nodeName'] },
  QUELL_LOG_LEVEL: { path: ['logLevel'] },
  QUELL_DNS_LISTEN: { path: ['dns', 'listen'], form: 'list' },
  QUELL_DOT_LISTEN: { path: ['dns', 'dotListen'], form: 'list' },
  QUELL_DOH: { path: ['dns', 'doh'], form: 'switch-or-list' },
  QUELL_TLS_CERT: { path: ['tls', 'cert'] },
  QUELL_TLS_KEY: { path: ['tls', 'key'] },
  QUELL_HTTP_LISTEN: { path: ['http', 'listen'], form: 'list' },
  QUELL_SINKHOLE_LISTEN: { path: ['sinkhole', 'listen'], form: 'list' },
  QUELL_STORE: { path: ['store'] },
  QUELL_UPSTREAMS: { path: ['upstreams', 'servers'], form: 'list' },
  QUELL_TRUSTED_FORWARDERS: { path: ['trustedForwarders'], form: 'list' },
  QUELL_LEASE_FILES: { path: ['leaseFiles'], form: 'list' },
  QUELL_LISTS: { path: ['lists', 'subscribe'], form: 'list' },
  QUELL_LISTS_ALLOW_PRIVATE: { path: ['lists', 'allowPrivate'], form: 'switch-or-list' },
  QUELL_OWNER_PASSWORD: { path: ['ownerPassword'] },
};

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  yes: true,
  '1': true,
  false: false,
  off: false,
  no: false,
  '0': false,
};

export interface Overruling {
  /** Of the variable. */
  readonly name: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Values of set variables by the path of their key. An empty variable counts as not set. */
export function fromEnvironment(env: Readonly<Record<string, string | undefined>>): Overruling[] {
  return Object.entries(variables).flatMap(([name, { path, form }]): Overruling[] => {
    const text = env[name]?.trim();
    if (!text) return [];
    const flag = form === 'switch-or-list' ? switches[text.toLowerCase()] : undefined;
    if (flag !== undefined) return [{ name, path, value: flag }];
    const parts = text.split(',').map((part) => part.trim());
    return [{ name, path, value: form ? parts.filter((part) => part !== '') : text }];
  });
}

/** Variables that look like ours and mean nothing. */
export const unknownVariables = (env: Readonly<Record<string, string | undefined>>): string[] =>
  Object.keys(env).filter(
    (name) => name.startsWith('QUELL_') && name !== 'QUELL_CONFIG' && !Object.hasOwn(variables, name),
  );

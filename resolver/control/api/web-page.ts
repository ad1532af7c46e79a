import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Handler } from 'hono';
import type { ApiEnv } from './api-env.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};
const compressible = new Set(['.html', '.js', '.css', '.json', '.webmanifest', '.svg']);

interface Served {
  readonly type: string;
  /** The build puts a hash of the content into these names. */
  readonly forEver: boolean;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br?: Uint8Array<ArrayBuffer>;
  readonly gzip?: Uint8Array<ArrayBuffer>;
}

/**
 * The built page, from memory: a few files, read and compressed once. Paths that are no file get index.html,
 * which knows them. Only what was found at start is served, so no path leads out of the folder.
 */
export function webPage(root: string): Handler<ApiEnv> {
  let files: ReadonlyMap<string, Served> | undefined;
  return (c) => {
    files ??= readAll(root);
    const isAsset = c.req.path.startsWith('/assets/');
    const file = files.get(c.req.path) ?? (isAsset ? undefined : files.get('/index.html'));
    if (!file) {
      return isAsset
        ? c.text('There is no such file; load the page again.', 404)
        : c.text('The web page is not built; run "npm run build".', 503);
    }
    const accepted = c.req.header('accept-encoding') ?? '';
    const encoding =
      file.br && accepted.includes('br') ? 'br' : file.gzip && accepted.includes('gzip') ? 'gzip' : 'plain';
    return c.body(file[encoding]!, 200, {
      'Content-Type': file.type,
      'Cache-Control': file.forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      Vary: 'Accept-Encoding',
      ...(encoding !== 'plain' && { 'Content-Encoding': encoding }),
    });
  };
}

function readAll(root: string): ReadonlyMap<string, Served> {
  const files = new Map<string, Served>();
  for (const entry of listed(root)) {
    const plain = new Uint8Array(readFileSync(join(root, entry)));
    const extension = extname(entry);
    files.set(`/${entry}`, {
      type: types[extension] ?? 'application/octet-stream',
      forEver: entry.startsWith('assets/'),
      plain,
      ...(compressible.has(extension) && {
        br: new Uint8Array(brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
        gzip: new Uint8Array(gzipSync(plain, { level: 9 })),
      }),
    });
  }
  return files;
}

function listed(root: string): string[] {
  try {
    return readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length).replace(/^\/+/, ''));
  } catch {
    return [];
  }
}

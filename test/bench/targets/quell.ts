import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../ask.ts';
import type { ListSize } from '../data/mixes.ts';
import { quellApi } from '../quell-api.ts';
import { Server } from '../server.ts';
import type { Setting, Target } from './target.ts';

const root = new URL('../../../', import.meta.url);
const program = new URL('build/quell.js', root).pathname;

/**
 * The built product as it comes: recording into SQLite, page and API served, default limits. The list is subscribed at a
 * first start, which is not measured; what is measured begins with the snapshot that start left.
 */
export class Quell implements Target {
  readonly name = 'Quell';
  readonly version: string = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')).version;
  private readonly work: string;
  private readonly env: Readonly<Record<string, string>>;
  private readonly furnished = new Map<ListSize, string>();

  /**
   * @param work where the data folders of first starts are kept
   * @param env settings beside the bench's own
   */
  constructor(work: string, env: Readonly<Record<string, string>> = {}) {
    this.work = work;
    this.env = env;
  }

  async prepare(setting: Setting) {
    const data = join(setting.folder, 'data');
    cpSync(await this.firstStart(setting), data, { recursive: true });
    return this.launch(setting, data);
  }

  async storedAttempts(folder: string): Promise<number> {
    const { totals } = await quellApi<{ totals: { blocked: number } }>(join(folder, 'data'), 'GET', '/summary');
    return totals.blocked;
  }

  private async firstStart(setting: Setting): Promise<string> {
    const known = this.furnished.get(setting.list);
    if (known) return known;
    if (!existsSync(program)) throw new Error('build/quell.js is not there; run: npm run build');
    const folder = join(this.work, `first-start-${setting.list}`);
    const data = join(folder, 'data');
    mkdirSync(join(data, 'lists'), { recursive: true });
    copyFileSync(setting.mixes.list(setting.list), join(data, 'lists', 'bench.txt'));
    const server = new Server(await this.launch({ ...setting, folder }, data), setting, { timeout: 120_000 });
    try {
      await server.start();
      await server.settle();
    } finally {
      await server.stop();
    }
    this.furnished.set(setting.list, data);
    return data;
  }

  private async launch({ port, upstream, folder }: Setting, data: string) {
    const httpPort = await freePort();
    return {
      command: [process.execPath, '--single-threaded-gc', '--v8-pool-size=1', program, 'start'],
      folder,
      env: {
        QUELL_DNS_LISTEN: `127.0.0.1:${port}`,
        QUELL_HTTP_LISTEN: `127.0.0.1:${httpPort}`,
        QUELL_DATA_DIR: data,
        QUELL_UPSTREAMS: `udp://127.0.0.1:${upstream}`,
        QUELL_OWNER_PASSWORD: 'known to the bench',
        QUELL_LISTS: 'file:bench.txt',
        QUELL_LOG_LEVEL: 'warn',
        ...this.env,
      },
    };
  }
}

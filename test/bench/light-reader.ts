import { Agent, get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { readRunning } from '../../resolver/between/running.ts';

/** Where in an answer of the log the way to its next page stands: behind the attempts, short, and free of escapes. */
const NEXT = /"next":"([^"\\]+)"/;
const TAIL = 300;

/**
 * Reads pages over one kept connection without looking at what they say. A browser does its work on a machine of its
 * own, and beside Quell it would take the processor that is measured.
 */
export class LightReader implements Disposable {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });
  private readonly base: string;
  private readonly token: string;

  private constructor(base: string, token: string) {
    this.base = base;
    this.token = token;
  }

  /** @param dataDir of the Quell that runs */
  static async open(dataDir: string): Promise<LightReader> {
    const { http, token } = await readRunning(dataDir);
    return new LightReader(`${http[0]}/api/v1`, token ?? '');
  }

  /** @returns the answer's octets. @throws Error with what was answered instead */
  async read(path: string): Promise<Buffer> {
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    get(
      `${this.base}${path}`,
      { agent: this.agent, headers: { Authorization: `Bearer ${this.token}` } },
      (response) => {
        buffer(response).then((body) => {
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`GET ${path}: ${response.statusCode} ${body}`));
        }, reject);
      },
    ).on('error', reject);
    return promise;
  }

  /** @returns what asks for the page after this one of the log, ready for an address */
  async cursorOf(path: string): Promise<string | undefined> {
    const found = NEXT.exec((await this.read(path)).subarray(-TAIL).toString());
    return found ? encodeURIComponent(found[1]) : undefined;
  }

  [Symbol.dispose](): void {
    this.agent.destroy();
  }
}

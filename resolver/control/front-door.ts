import type { Hono } from 'hono';
import type { Serving } from '../between/messages.ts';
import type { ApiEnv } from './api/api-env.ts';
import { type HttpAddress, HttpListener, HttpListenFailed } from './api/listen.ts';
import { reachableAt } from './reachable.ts';
import type { Access } from './settings/access.ts';
import { StoreAway } from './store/store.ts';

/** Where the household comes in: the page's listeners, and what the person who started Quell is told of them. */
export class FrontDoor {
  private readonly access: Access;
  private readonly listeners: readonly HttpListener[];

  constructor(deps: { site: Hono<ApiEnv>; at: readonly HttpAddress[]; access: Access }) {
    this.access = deps.access;
    this.listeners = deps.at.map((at) => new HttpListener({ site: deps.site, at }));
  }

  /** An address that can't be listened on does no harm to anything else; it is said. */
  async open(): Promise<Pick<Serving, 'http' | 'say'>> {
    const http: string[] = [];
    const say: string[] = [];
    for (const listener of this.listeners) {
      try {
        http.push(...reachableAt(await listener.start()));
      } catch (error) {
        if (!(error instanceof HttpListenFailed)) throw error;
        say.push(`${error.message} Names are answered all the same.`);
      }
    }
    const page = http.at(-1);
    if (page === undefined) return { http, say };
    say.push(`The page is at ${http.join(' and ')}.`);
    if (!this.access.account.isSetUp) say.push(await this.setUpLine(page));
    return { http, say };
  }

  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.stop()));
  }

  private async setUpLine(page: string): Promise<string> {
    try {
      return `Set it up here, once: ${page}/setup?token=${await this.access.links.issue('set-up')}`;
    } catch (error) {
      if (!(error instanceof StoreAway)) throw error;
      return 'It can be set up when the store answers; "quell login-link" prints the link then.';
    }
  }
}

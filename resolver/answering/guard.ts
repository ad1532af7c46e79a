import { classChaos, classIn, rcode } from '../wire/header.ts';
import type { Exchange } from './exchange.ts';
import type { Client } from './identify.ts';

/** Questions that one client may have under way at once; more fail until some are answered. */
const UNDER_WAY = 256;

/** Keeps answering from growing without bound, whatever is asked and by whom. */
export class Guard {
  private readonly underWay = new Map<Client, number>();
  /** Recording and prefetch are shed first. */
  isPressed = false;

  /** @returns noerror to go on, an rcode to refuse with, or SILENCE */
  check({ question }: Exchange): number {
    if (question.qclass === classIn) return rcode.noerror;
    return question.qclass === classChaos ? rcode.refused : rcode.notimp;
  }

  /** Counts a question that goes upstream; false: the client has too many under way. */
  admit(client: Client): boolean {
    const count = this.underWay.get(client) ?? 0;
    if (count >= UNDER_WAY) return false;
    this.underWay.set(client, count + 1);
    return true;
  }

  release(client: Client): void {
    const count = (this.underWay.get(client) ?? 1) - 1;
    if (count > 0) this.underWay.set(client, count);
    else this.underWay.delete(client);
  }
}

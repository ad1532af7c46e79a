import { appendOption, option } from '../wire/edns.ts';
import { type } from '../wire/header.ts';
import { RecordWalk } from '../wire/records.ts';
import type { Cookies } from './cookies.ts';
import type { Exchange } from './exchange.ts';
import { idleTime } from './listen/connections.ts';
import { padAnswer } from './padding.ts';

/** Octets of the longest message, and of an option before its data. */
const LONGEST = 65_535;
const OPTION_HEADER = 4;

/** Options that answer the client's own; whoever sent none pays for one comparison. */
export class OptionsInReturn {
  private readonly cookies: Cookies;
  private readonly walk = new RecordWalk();
  private readonly timeout = new Uint8Array(2);

  constructor(cookies: Cookies) {
    this.cookies = cookies;
  }

  /**
   * Adds them to a whole answer.
   * @param end offset in `x.out`
   * @returns where it ends now
   */
  add(x: Exchange, end: number): number {
    const { edns } = x.question;
    x.isProven = false;
    if (!edns.asksInReturn) return end;
    const { transport } = x;
    const optAt = this.findOpt(x, end);
    if (optAt < 0) return end;
    if (edns.cookieAt >= 0) {
      const cookie = this.cookies.answer(x.message, edns.cookieAt, edns.cookieLength, x.client.address);
      x.isProven = this.cookies.proven;
      end = append(x, optAt, end, option.cookie, cookie);
    }
    // RFC 7828 section 3.2: UDP knows no connections; HTTP has its own word for it.
    if (edns.keepalive && (transport === 'tcp' || transport === 'tls')) {
      const { timeout } = this;
      new DataView(timeout.buffer).setUint16(0, idleTime[transport] / 100);
      end = append(x, optAt, end, option.keepalive, timeout);
    }
    // Last, for it counts what stands before it. Whoever can read along learns nothing from lengths.
    if (edns.padded && (transport === 'tls' || transport === 'https')) end = padAnswer(x.out, x.at, optAt, end);
    return end;
  }

  /** Offset of the OPT record, -1 without one. */
  private findOpt(x: Exchange, end: number): number {
    const { walk } = this;
    walk.start(x.out.subarray(x.at, end));
    while (walk.next()) if (walk.type === type.OPT) return x.at + walk.nameAt;
    return -1;
  }
}

/** The longest answers have no room for it; none of these options is worth losing one. */
function append(x: Exchange, optAt: number, end: number, code: number, data: Uint8Array): number {
  if (end - x.at + OPTION_HEADER + data.length > LONGEST) return end;
  return appendOption(x.out, optAt, end, code, data);
}

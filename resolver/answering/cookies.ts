import { createHmac, timingSafeEqual } from 'node:crypto';
import { CLIENT_COOKIE } from '../wire/edns.ts';
import { readUint32, writeUint32 } from '../wire/header.ts';

/** RFC 9018 section 8: methods 240 to 254 are private. Nobody but us reads our cookies, so they need not be SipHash. */
const METHOD = 240;
const SERVER_COOKIE = 16;
const COOKIE = CLIENT_COOKIE + SERVER_COOKIE;
/** Offsets in the whole cookie. */
const timeAt = CLIENT_COOKIE + 4;
const hashAt = CLIENT_COOKIE + 8;
/** Seconds (RFC 9018 section 4.3). */
const VALID_FOR = 3600;
const AHEAD = 300;
const RENEWED_AFTER = 1800;

export interface CookiesDeps {
  /** Shared by threads that share a port. */
  readonly secret: Uint8Array;
  readonly wallClock: () => number;
}

/**
 * DNS cookies (RFC 7873): a client that shows one of ours got it at its address, so it is no one else in disguise.
 * One that shows none, or a wrong one, is answered all the same, as the RFC allows.
 */
export class Cookies {
  /** Whether the client last answered showed a cookie that we gave to it. */
  proven = false;
  private readonly deps: CookiesDeps;

  constructor(deps: CookiesDeps) {
    this.deps = deps;
  }

  /**
   * Data of the option in return: the client's cookie and ours behind it.
   * @param address of the client, canonical
   */
  answer(message: Uint8Array, at: number, length: number, address: string): Uint8Array {
    const now = Math.floor(this.deps.wallClock() / 1000);
    const shown = message.slice(at, at + length);
    this.proven = this.isOurs(shown, now, address);
    if (this.proven && ageAt(shown, now) <= RENEWED_AFTER) return shown;
    const cookie = new Uint8Array(COOKIE);
    cookie.set(shown.subarray(0, CLIENT_COOKIE));
    cookie[CLIENT_COOKIE] = METHOD;
    writeUint32(cookie, timeAt, now);
    cookie.set(this.hash(cookie, address), hashAt);
    return cookie;
  }

  private isOurs(cookie: Uint8Array, now: number, address: string): boolean {
    if (cookie.length !== COOKIE || cookie[CLIENT_COOKIE] !== METHOD) return false;
    const age = ageAt(cookie, now);
    if (age > VALID_FOR || age < -AHEAD) return false;
    return timingSafeEqual(cookie.subarray(hashAt), this.hash(cookie, address));
  }

  private hash(cookie: Uint8Array, address: string): Uint8Array {
    const hmac = createHmac('sha256', this.deps.secret).update(cookie.subarray(0, hashAt)).update(address);
    return hmac.digest().subarray(0, COOKIE - hashAt);
  }
}

/** Seconds; serial numbers, so that the year 2106 is no trouble (RFC 1982). */
const ageAt = (cookie: Uint8Array, now: number): number => (now - readUint32(cookie, timeAt)) | 0;

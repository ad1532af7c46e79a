import ipaddr from 'ipaddr.js';

const FREE_TRIES = 5;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 5 * 60_000;
const FORGET_AFTER = 3_600_000;
const ADDRESSES_KEPT = 10_000;

interface Failures {
  readonly count: number;
  readonly last: number;
}

/**
 * Slows down guessing at the password, per address (IPv6: per /64, which one phone has to itself):
 * after five failures one waits 1, 2, 4 … seconds, at most five minutes. Nobody is ever locked out
 * for good, sessions and login links go on working, and other addresses notice nothing.
 */
export class Guard {
  private readonly monotonic: () => number;
  private readonly failures = new Map<string, Failures>();

  constructor(deps: { monotonic: () => number }) {
    this.monotonic = deps.monotonic;
  }

  /** Milliseconds until this address may try again; 0: now. */
  wait(address: string): number {
    const known = this.failures.get(keyOf(address));
    if (!known || known.count < FREE_TRIES) return 0;
    const wait = Math.min(FIRST_WAIT * 2 ** (known.count - FREE_TRIES), LONGEST_WAIT);
    return Math.max(0, known.last + wait - this.monotonic());
  }

  failed(address: string): void {
    const key = keyOf(address);
    const known = this.failures.get(key);
    const fresh = known !== undefined && known.last + FORGET_AFTER > this.monotonic();
    this.failures.delete(key);
    this.failures.set(key, { count: fresh ? known.count + 1 : 1, last: this.monotonic() });
    if (this.failures.size > ADDRESSES_KEPT) this.failures.delete(this.failures.keys().next().value!);
  }

  succeeded(address: string): void {
    this.failures.delete(keyOf(address));
  }
}

function keyOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6' ? parsed.toByteArray().slice(0, 8).join('.') : parsed.toString();
}

import { offset, rcode, readUint16, writeUint16 } from '../../wire/header.ts';
import { questionEnd } from './question-match.ts';
import type { Asker, Upstream, UpstreamFailed } from './upstream.ts';

/** Milliseconds that a server is asked without EDNS before it is tried with it again. */
const REMEMBER = 3_600_000;

/**
 * A server that may know nothing of EDNS, such as an old router: when it takes offence at the OPT record it is asked
 * again without one (RFC 6891 section 6.2.2).
 */
export class EdnsOptional implements Upstream {
  readonly label: string;
  private readonly server: Upstream;
  private readonly now: () => number;
  private plainUntil = 0;

  /** @param now monotonic milliseconds */
  constructor(server: Upstream, now: () => number) {
    this.label = server.label;
    this.server = server;
    this.now = now;
  }

  get mismatches(): number | undefined {
    return this.server.mismatches;
  }

  ask(query: Uint8Array, budget: number, asker: Asker): void {
    const at = this.now();
    if (at < this.plainUntil) this.server.ask(withoutOpt(query), budget, asker);
    else this.server.ask(query, budget, new AskedWithOpt(this, query, at + budget, asker));
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** @param until monotonic milliseconds */
  askPlainly(query: Uint8Array, until: number, asker: Asker): void {
    this.server.ask(withoutOpt(query), Math.max(until - this.now(), 1), {
      answered: (plain) => {
        if (!takesOffence(plain)) this.plainUntil = this.now() + REMEMBER;
        asker.answered(plain);
      },
      failed: (error) => asker.failed(error),
    });
  }
}

class AskedWithOpt implements Asker {
  private readonly server: EdnsOptional;
  private readonly query: Uint8Array;
  private readonly until: number;
  private readonly asker: Asker;

  constructor(server: EdnsOptional, query: Uint8Array, until: number, asker: Asker) {
    this.server = server;
    this.query = query;
    this.until = until;
    this.asker = asker;
  }

  answered(answer: Uint8Array): void {
    if (takesOffence(answer)) this.server.askPlainly(this.query, this.until, this.asker);
    else this.asker.answered(answer);
  }

  failed(error: UpstreamFailed): void {
    this.asker.failed(error);
  }
}

/** RFC 6891 section 7: one that knows EDNS sends an OPT record of its own. */
function takesOffence(answer: Uint8Array): boolean {
  const code = answer[offset.rcode] & 15;
  return (code === rcode.formerr || code === rcode.notimp) && readUint16(answer, offset.arcount) === 0;
}

/** Our queries have an OPT record and nothing else behind their question. */
function withoutOpt(query: Uint8Array): Uint8Array {
  const plain = query.slice(0, questionEnd(query));
  writeUint16(plain, offset.arcount, 0);
  return plain;
}

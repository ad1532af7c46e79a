import { flag, offset } from '../../wire/header.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import { failureOf, silence } from './failure.ts';
import type { Port, Waiting } from './port.ts';
import type { PortPool } from './port-pool.ts';
import { answerTo, matchQuestion, questionEnd, spellAtRandom } from './question-match.ts';
import type { Randomness } from './randomness.ts';
import type { Spelling } from './spelling.ts';
import type { Asker, Upstream } from './upstream.ts';

/** Shares of the budget after which a question without answer is sent again: packets get lost on wifi. */
const RESEND = [1 / 8, 3 / 8];

/** What the questions to one upstream share. */
export interface UdpPath {
  readonly label: string;
  readonly ports: PortPool;
  readonly spelling: Spelling;
  /** The same server over TCP, for answers that don't fit a packet. */
  readonly tcp: Upstream;
  readonly deadlines: Deadlines;
  readonly randomness: Randomness;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One question on its way over UDP, sent up to three times, each from another port under another id. */
export class UdpExchange extends Deadline implements Waiting {
  private readonly path: UdpPath;
  private readonly query: Uint8Array;
  private readonly end: number;
  private readonly budget: number;
  private readonly startedAt: number;
  private readonly asker: Asker;
  /** The query as it was sent. */
  private packet: Uint8Array;
  private recasable: boolean;
  private readonly answersBefore: number;
  private readonly ports: Port[] = [];
  private readonly ids: number[] = [];

  constructor(path: UdpPath, query: Uint8Array, budget: number, asker: Asker) {
    super();
    this.path = path;
    this.query = query;
    this.end = questionEnd(query);
    this.budget = budget;
    this.asker = asker;
    this.startedAt = path.now();
    this.answersBefore = path.ports.answers;
    this.packet = new Uint8Array(query);
    this.recasable = !path.spelling.random(this.startedAt);
    if (!this.recasable) spellAtRandom(this.packet, this.end, path.randomness);
  }

  start(): void {
    this.send(this.startedAt);
    this.path.deadlines.arm(this, this.budget * RESEND[0]);
  }

  due(): void {
    const now = this.path.now();
    const sent = this.ports.length;
    if (sent > RESEND.length) {
      if (this.path.ports.answers === this.answersBefore) this.path.ports.renew();
      this.failed(silence(this.path.label, this.budget));
      return;
    }
    // A socket may still hold the packet that was sent: it gets its new id in a copy.
    this.packet = new Uint8Array(this.packet);
    this.send(now);
    const next = RESEND[sent] ?? 1;
    this.path.deadlines.arm(this, this.startedAt + this.budget * next - now);
  }

  received(message: Uint8Array): void {
    const { path, end } = this;
    const match = matchQuestion(this.packet, end, message);
    if (match === 'other') path.ports.unexpected();
    else if (match === 'recased' && !this.recasable) this.respell();
    else {
      if (match === 'same') path.spelling.kept();
      path.ports.answers++;
      this.leave();
      const cut = (message[offset.flags] & (flag.tc >>> 8)) !== 0;
      if (cut) this.askOverTcp();
      else this.asker.answered(answerTo(this.query, end, message));
    }
  }

  failed(error: Error): void {
    this.leave();
    this.asker.failed(failureOf(this.path.label, error));
  }

  private askOverTcp(): void {
    const left = this.startedAt + this.budget - this.path.now();
    this.path.tcp.ask(this.query, Math.max(left, 1), this.asker);
  }

  private send(now: number): void {
    const { ports, randomness } = this.path;
    const port = ports.take(now);
    this.ports.push(port);
    this.ids.push(port.send(this.packet, randomness.uint32() & 0xffff, this));
  }

  /** The spelling was lost: perhaps the upstream's way, perhaps forged. A second answer from elsewhere decides. */
  private respell(): void {
    const { path } = this;
    const now = path.now();
    path.spelling.lost(now);
    this.leave();
    this.packet = new Uint8Array(this.query);
    this.recasable = true;
    this.send(now);
    path.deadlines.arm(this, Math.max(this.startedAt + this.budget - now, 1));
  }

  private leave(): void {
    this.path.deadlines.disarm(this);
    for (let i = 0; i < this.ports.length; i++) this.ports[i].release(this.ids[i]);
    this.ports.length = this.ids.length = 0;
  }
}

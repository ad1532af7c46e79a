import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { HEADER_LENGTH } from '../../wire/header.ts';
import { Deadline, type Deadlines } from './deadlines.ts';
import { failureOf, silence } from './failure.ts';
import { answerTo, matchQuestion, questionEnd } from './question-match.ts';
import { type Asker, UpstreamFailed } from './upstream.ts';

const MAX_MESSAGE = 65_535;
/** Servers close idle connections at any time, also in the moment in which a question leaves. */
const ATTEMPTS = 2;

/** What the questions to one upstream share. */
export interface HttpsPath {
  readonly label: string;
  readonly deadlines: Deadlines;
  /** Sends the exchange's query as a request. */
  send(exchange: HttpsExchange): void;
  /** Whether the server has ever answered: only then is a broken connection worth a second attempt. */
  readonly proven: boolean;
  /** Nothing came back from the moment the question was asked until its time was over. */
  silent(askedAt: number, error: UpstreamFailed): void;
  heard(): void;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** One question on its way as an HTTP request; takes the response as it comes. */
export class HttpsExchange extends Deadline implements Dispatcher.DispatchHandler {
  private readonly path: HttpsPath;
  readonly query: Uint8Array;
  private readonly end: number;
  private readonly budget: number;
  private readonly startedAt: number;
  private readonly asker: Asker;
  private readonly chunks: Uint8Array[] = [];
  private length = 0;
  private controller: Dispatcher.DispatchController | undefined;
  private attempts = 0;
  private settled = false;

  constructor(path: HttpsPath, query: Uint8Array, budget: number, asker: Asker) {
    super();
    this.path = path;
    this.query = query;
    this.end = questionEnd(query);
    this.budget = budget;
    this.startedAt = path.now();
    this.asker = asker;
  }

  start(): void {
    this.path.deadlines.arm(this, this.budget);
    this.send();
  }

  due(): void {
    const error = silence(this.path.label, this.budget);
    this.fail(error);
    this.path.silent(this.startedAt, error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.settled) controller.abort(silence(this.path.label, this.budget));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.path.heard();
    const { label } = this.path;
    if (status !== 200) {
      this.fail(new UpstreamFailed(`${label} answers DNS questions with HTTP ${status}; is the address complete?`));
    } else if (!headers['content-type']?.startsWith('application/dns-message')) {
      this.fail(new UpstreamFailed(`${label} is a web server without DNS at this address; is the address complete?`));
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.length += chunk.length;
    if (this.length > MAX_MESSAGE) this.fail(new UpstreamFailed(`${this.path.label} sent more than a DNS message.`));
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.settled) return;
    const answer = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    const matches = answer.length >= HEADER_LENGTH && matchQuestion(this.query, this.end, answer) !== 'other';
    if (matches) {
      this.settle();
      this.asker.answered(answerTo(this.query, this.end, answer));
    } else this.fail(new UpstreamFailed(`${this.path.label} answered another question.`));
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    const broken = this.length === 0 && !this.settled && !(error instanceof UpstreamFailed);
    if (broken && this.path.proven && this.attempts < ATTEMPTS) this.send();
    else this.fail(error);
  }

  private send(): void {
    this.attempts++;
    this.controller = undefined;
    this.path.send(this);
  }

  fail(error: Error): void {
    if (this.settled) return;
    this.settle();
    const failure = failureOf(this.path.label, error);
    this.asker.failed(failure);
    this.controller?.abort(failure);
  }

  private settle(): void {
    this.settled = true;
    this.path.deadlines.disarm(this);
  }
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { loadCore } from './child.ts';

const run = promisify(execFile);

/** Microseconds. */
export interface Latency {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Answers that took more than 5 ms. */
  readonly late: number;
}

/** A time in which nothing was answered soon enough. */
export interface Stall {
  /** When the first late answer came: microseconds since the epoch in an open loop. */
  readonly at: number;
  /** How many were late. */
  readonly answers: number;
  /** Microseconds. */
  readonly longest: number;
}

/** What load.c prints. */
export interface LoadReport {
  readonly seconds: number;
  readonly sent: number;
  readonly answered: number;
  readonly perSecond: number;
  readonly lost: number;
  readonly stray: number;
  /** Wrong answers. */
  readonly bad: number;
  readonly fuzzed: number;
  readonly fuzzAnswers: number;
  /** By how much the latest question of an open loop left too late, microseconds. */
  readonly sendLag: number;
  readonly nextOnce: number;
  readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly latency: Readonly<Record<string, Latency>> & { readonly all: Latency };
  /** The first 256. */
  readonly stalls: readonly Stall[];
}

export interface LoadOptions {
  readonly seconds?: number;
  readonly questions?: number;
  /** In flight, in a closed loop. */
  readonly inFlight?: number;
  /** A second, in an open loop. */
  readonly rate?: number;
  readonly sources?: number;
  /** Milliseconds after which a question is lost. */
  readonly timeout?: number;
  readonly fuzz?: boolean;
  /** Asks on time whatever else runs on its core; needs root. */
  readonly first?: boolean;
  /** A file for when each answer's question left and how long it took: 64 bits each, nanoseconds. */
  readonly answersTo?: string;
}

/** Puts questions to one server; names that must be new are new from call to call. */
export class Load {
  private readonly program: string;
  private readonly port: number;
  private once = 0;

  constructor(program: string, port: number) {
    this.program = program;
    this.port = port;
  }

  async put(mix: string, options: LoadOptions): Promise<LoadReport> {
    const { seconds = 30, questions, inFlight, rate, sources, timeout = 1000, fuzz, first, answersTo } = options;
    const words = ['-p', this.port, '-d', mix, '-l', seconds, '-t', timeout, '-u', `a${this.once}`];
    if (questions !== undefined) words.push('-n', questions);
    if (inFlight !== undefined) words.push('-q', inFlight);
    if (rate !== undefined) words.push('-Q', rate);
    if (sources !== undefined) words.push('-S', sources);
    if (fuzz) words.push('-f');
    if (answersTo) words.push('-w', answersTo);
    const command = [...(first ? ['chrt', '-f', '10'] : []), this.program, ...words.map(String)];
    const { stdout } = await run('taskset', ['-c', loadCore, ...command]);
    const report = JSON.parse(stdout) as LoadReport;
    this.once = report.nextOnce;
    return report;
  }
}

export interface DnsperfReport {
  readonly answered: number;
  readonly lost: number;
  readonly perSecond: number;
}

/** A second opinion, and the load over TCP. */
export async function dnsperf(port: number, mix: string, seconds: number, mode: 'udp' | 'tcp'): Promise<DnsperfReport> {
  const words = ['-s', '127.0.0.1', '-p', port, '-d', mix, '-l', seconds, '-c', 8, '-q', 400, '-t', 2, '-m', mode];
  const { stdout } = await run('taskset', ['-c', loadCore, 'dnsperf', ...words.map(String)], {
    maxBuffer: 2 ** 26,
  });
  const figure = (label: string) => Number(new RegExp(`${label}:\\s+([\\d.]+)`).exec(stdout)?.[1] ?? 0);
  return {
    answered: figure('Queries completed'),
    lost: figure('Queries lost'),
    perSecond: figure('Queries per second'),
  };
}

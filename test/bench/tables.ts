import { householdWorkloads } from './household-life.ts';
import type { Medians } from './measurements.ts';
import { workloads } from './workloads.ts';

/** A figure's column: what it is called and how it is written. */
interface Column {
  readonly title: string;
  readonly metric: string;
  readonly digits: number;
  /** Another column with what it is as a multiple of dnsmasq's and the echo's. */
  readonly ratios?: true;
}

const columns: readonly Column[] = [
  { title: 'CPU µs/query', metric: 'cpu', digits: 2, ratios: true },
  { title: 'in turns with the echo: CPU µs/query', metric: 'turnCpu', digits: 2 },
  { title: 'the echo', metric: 'turnEcho', digits: 2 },
  { title: '× echo, in turns', metric: 'timesEcho', digits: 2 },
  { title: 'CPU µs/query, first seconds', metric: 'firstCpu', digits: 2 },
  { title: 'queries/s', metric: 'perSecond', digits: 0 },
  { title: 'machine slow %, at full speed', metric: 'slowAtFull', digits: 1 },
  { title: 'CPU µs/query (dnsperf)', metric: 'dnsperfCpu', digits: 2 },
  { title: 'queries/s (dnsperf)', metric: 'dnsperfPerSecond', digits: 0 },
  { title: 'blocked: CPU µs/query', metric: 'blockedCpu', digits: 2 },
  { title: 'blocked: queries/s', metric: 'blockedPerSecond', digits: 0 },
  { title: 'p50 µs at 500/s', metric: 'p50at500', digits: 0 },
  { title: 'p99 µs at 500/s', metric: 'p99at500', digits: 0 },
  { title: 'p50 µs at 5,000/s', metric: 'p50at5000', digits: 0 },
  { title: 'p99 µs at 5,000/s', metric: 'p99at5000', digits: 0 },
  { title: 'p99.9 µs at 5,000/s', metric: 'p999at5000', digits: 0 },
  { title: 'p99 µs at 5,000/s, machine at speed', metric: 'steadyP99at5000', digits: 0 },
  { title: 'p99.9 µs at 5,000/s, machine at speed', metric: 'steadyP999at5000', digits: 0 },
  { title: 'machine slow %, at 5,000/s', metric: 'slow', digits: 1 },
  { title: 'RSS MB before', metric: 'residentBefore', digits: 0 },
  { title: 'RSS MB after', metric: 'resident', digits: 0 },
  { title: 'first answer s', metric: 'firstAnswer', digits: 2 },
  { title: 'attempts stored %', metric: 'stored', digits: 1 },
  { title: 'rounds', metric: 'rounds', digits: 0 },
  { title: 'lost', metric: 'lost', digits: 0 },
  { title: 'wrong', metric: 'bad', digits: 0 },
];

/** One Markdown table per workload; every figure is a median. */
export function tables(medians: Medians): string {
  return [...workloads, ...householdWorkloads]
    .filter(({ id }) => medians.has(id))
    .map(({ id, title }) => `### ${title}\n\n${table(medians, id)}\n`)
    .join('\n');
}

function table(medians: Medians, workload: string): string {
  const targets = medians.targets(workload);
  const used = columns.filter(({ metric }) =>
    targets.some((target) => medians.of(workload, target, metric) !== undefined),
  );
  const head = used.flatMap(({ title, ratios }) => (ratios ? [title, '× dnsmasq', '× echo'] : [title]));
  const rows = targets.map((target) => {
    const error = medians.error(workload, target);
    const cells = used.flatMap((column) => cellsOf(medians, workload, target, column));
    return [target, ...(error && cells.every((cell) => cell === '–') ? [error] : cells)];
  });
  return [['', ...head], ['---', ...head.map(() => '---:')], ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function cellsOf(medians: Medians, workload: string, target: string, { metric, digits, ratios }: Column): string[] {
  const value = medians.of(workload, target, metric);
  const ratio = (to: string) => {
    const other = medians.of(workload, to, metric);
    return value !== undefined && other ? (value / other).toFixed(2) : '–';
  };
  return ratios ? [written(value, digits), ratio('dnsmasq'), ratio('echo')] : [written(value, digits)];
}

export const written = (value: number | undefined, digits: number): string =>
  value === undefined
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });

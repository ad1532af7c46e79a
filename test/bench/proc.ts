import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What the kernel says of processes, cores and sockets. Seconds and megabytes. */
const TICKS = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export interface CpuTime {
  readonly user: number;
  readonly system: number;
}

export const total = ({ user, system }: CpuTime): number => user + system;

export const since = (now: CpuTime, then: CpuTime): CpuTime => ({
  user: now.user - then.user,
  system: now.system - then.system,
});

/** Of a process, all its threads, and the children it has waited for. */
export function cpuOf(pid: number): CpuTime {
  const [user, system, childUser, childSystem] = statOf(pid).slice(11, 15).map(Number);
  return { user: (user + childUser) / TICKS, system: (system + childSystem) / TICKS };
}

/** Of a process and all that it started. */
export function cpuOfTree(root: number): CpuTime {
  let user = 0;
  let system = 0;
  for (const pid of tree(root)) {
    const one = unlessGone(() => cpuOf(pid));
    user += one?.user ?? 0;
    system += one?.system ?? 0;
  }
  return { user, system };
}

/** Resident memory of a process and all that it started, megabytes of 2^20. */
export function residentOfTree(root: number): number {
  let kilobytes = 0;
  for (const pid of tree(root)) {
    const text = unlessGone(() => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? '';
    kilobytes += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return kilobytes / 1024;
}

export function tree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!pid) continue;
    const parent = Number(unlessGone(() => statOf(pid)[1]));
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Time that the machine's cores worked, and that a hypervisor took from them. */
export function busy(): number {
  const [user, nice, system, , , irq, softIrq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softIrq + steal) / TICKS;
}

/** Datagrams that the kernel threw away because the socket of this port was full. */
export function droppedAt(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  let dropped = 0;
  for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
    for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1].endsWith(`:${hex}`)) dropped += Number(columns.at(-1));
    }
  }
  return dropped;
}

/** Fields of /proc/<pid>/stat from the state on. */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** Processes end while they are looked at. */
export function unlessGone<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

import { writeFileSync } from 'node:fs';
import { verdicts } from './goals.ts';
import { Medians, type Run } from './measurements.ts';
import { output } from './rig.ts';
import { tables } from './tables.ts';

const file = new URL('RESULTS.md', import.meta.url).pathname;

/** Writes what was found to RESULTS.md, for people who want to know before they trust it. */
export function writeResults(run: Run): void {
  const { machine, measurements, at } = run;
  const medians = new Medians(measurements);
  const versions = new Map(
    measurements.filter(({ target }) => target !== 'echo').map((one) => [one.target, one.version]),
  );
  const counts = Map.groupBy(measurements, ({ workload }) => workload)
    .entries()
    .map(([workload, own]) => [workload, Math.max(...own.map(({ repetition }) => repetition + 1))] as const)
    .toArray();
  const most = Math.max(...counts.map(([, count]) => count));
  const fewer = counts.filter(([, count]) => count < most).map(([workload, count]) => `${workload} ${count}`);
  const disturbed = Math.max(0, ...measurements.map(({ metrics }) => metrics.disturbance ?? 0));
  writeFileSync(
    file,
    `# Quell beside other servers, ${at.slice(0, 10)}

Made by \`npm run bench -- --results\`. Medians of ${most}${fewer.length > 0 ? ` (${fewer.join(', ')})` : ''}; repetitions go round all servers in turn, each with a fresh start.
Single figures swing by 10 to 25 % from run to run; compare within a table, with the echo beside it.

| | |
| --- | --- |
| CPU | ${machine.cpu}, ${machine.cores} cores |
| memory | ${machine.memory} |
| system | ${machine.system}, Linux ${machine.kernel} |
| Node | ${machine.node} |
${[...versions].map(([name, version]) => `| ${name} | ${version} |`).join('\n')}
| dnsperf | ${machine.dnsperf} |

- Each server answers with one thread and is pinned to core 0; load and upstream have core 1. Quell is the built product as it comes: its threads for recording (SQLite), lists, page and API are on the same core and count. Query logs of the others are off.
- *CPU µs/query* is the whole process with children, until it idles again, over the answers. Every answer is checked, but for dnsperf's. How the others are configured is in \`targets/\`.
- Before the measurement each server has answered the same questions at full speed for some seconds (*first seconds*): a resolver runs for weeks, and V8 compiles while it runs.
- *echo* sends the packets back without any work: the least that this machine spends. For misses it is a forwarder without a cache, for TCP an echo of frames.
- *In turns with the echo* is another measurement: five seconds each, changing every second, with both on the same core. Of two that are measured minutes apart, one may have had a core to itself and the other shared it with a stranger on the same hardware, which makes 1.7 of the first; such times last from milliseconds to minutes here.
- *attempts stored* is the share of blocked questions that are in Quell's record afterwards: under more load than it can record it answers first. One client asks for all blocked names here, and who brings more than 20,000 kinds of attempts a minute is recorded under the names' parents from there on: counted, but no longer told apart.
- *machine slow* is the share of the time in which a core ran at less than a quarter of its speed, three milliseconds or more on end: \`load/pace.c\` does the same piece of arithmetic on each core a thousand times a second, before everything else there, with no memory and no kernel in it. A hypervisor does that to an idle machine too. *Machine at speed* leaves out the questions that were under way then, or came within 5 ms after; the other percentiles have all of them.
- *rounds* counts lists swapped in, or pages of the log read, meanwhile.
- Where questions come from 50 sources, they are loopback addresses. Quell sets no rate limit to its own machine, so none was lifted.
- While measuring, other work took up to ${disturbed.toFixed(2)} cores.

## Goals

| goal | found | |
| --- | --- | --- |
${verdicts(medians, output)
  .map(({ goal, found, met }) => `| ${goal} | ${found} | ${met === undefined ? '–' : met ? 'met' : '**not met**'} |`)
  .join('\n')}

## Figures

${tables(medians)}`,
  );
}

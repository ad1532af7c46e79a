/** A recorder under load until it is killed; prints the time of each flush that it took in. */
import { Recorder } from '../../resolver/control/record/recorder.ts';
import { openStore } from '../../resolver/control/store/open.ts';
import { attemptBy, batchOf, numbers } from './attempts.ts';

const [url, folder] = process.argv.slice(2);
const store = await openStore(url, { dataDir: folder });
await store.start();
const log = { warn: () => {}, info: () => {} };
const keep = () => ({ attemptsDays: 30, rollupDays: 400, fullLoggingHours: 24 });
const recorder = new Recorder({ record: store.record, folder, now: Date.now, log, keep });
recorder.start();
let sequence = 0;
setInterval(() => {
  const attempt = { ...attemptBy('phone', Date.now(), numbers(sequence)), domain: `child-${++sequence}.mark.example` };
  recorder.take(batchOf('child', sequence, [attempt]));
  process.stdout.write(`${attempt.at}\n`);
}, 10);

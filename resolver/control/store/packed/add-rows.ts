import { type AttemptBatch, blockedOutcome } from '../../../between/attempt-batch.ts';
import { attemptsOf, kindOf } from '../../../between/row.ts';
import type { DevicePacker } from './device-packer.ts';
import type { KnownEntries } from './known-entries.ts';

/** Kinds that are looked for together: memory is waited for once, not once for each. */
const AHEAD = 64;
const places = new Int32Array(AHEAD);
/** Of a kind whose entry is looked for in this batch. */
const ASKED = -1;

/** Kinds whose entries are not known, and when each was first met, since the batch began. For one batch after the other. */
let asked = new Int32Array(64);
let firsts = new Int32Array(64);

/** Brings every row of a batch to its device. @param packers by position of the device */
export function addRows(batch: AttemptBatch, packers: readonly DevicePacker[], known: KnownEntries): void {
  const { rows, kinds } = batch;
  known.prepare(
    kinds,
    packers.map(({ dictionary }) => dictionary),
  );
  const { numbers } = known;
  const count = askFor(batch, packers, numbers);
  findEntries(batch, packers, numbers, count);
  for (let i = 0; i < rows.length; i += 2) {
    const kind = kindOf(rows[i + 1]);
    const isBlocked = kinds.outcome(kind) === blockedOutcome;
    packers[kinds.device(kind)].addRow(rows[i], numbers[kind], isBlocked, attemptsOf(rows[i + 1]));
  }
  for (let i = 0; i < count; i++) {
    // What is new has its number only when the store has taken it.
    const { dictionary } = packers[kinds.device(asked[i])];
    if (numbers[asked[i]] > dictionary!.size) numbers[asked[i]] = 0;
  }
}

/** Leaves in `asked` the kinds whose entries have to be looked for. @returns how many */
function askFor({ rows, kinds }: AttemptBatch, packers: readonly DevicePacker[], numbers: Int32Array): number {
  if (rows.length / 2 > asked.length) asked = new Int32Array(rows.length);
  if (kinds.count > firsts.length) firsts = new Int32Array(kinds.count * 2);
  let count = 0;
  for (let i = 0; i < rows.length; i += 2) {
    const kind = kindOf(rows[i + 1]);
    if (numbers[kind] === ASKED) firsts[kind] = Math.min(firsts[kind], rows[i]);
    else if (numbers[kind] === 0 || !packers[kinds.device(kind)].isAfterAll(rows[i])) {
      numbers[kind] = ASKED;
      firsts[kind] = rows[i];
      asked[count++] = kind;
    }
  }
  return count;
}

function findEntries(
  { kinds }: AttemptBatch,
  packers: readonly DevicePacker[],
  numbers: Int32Array,
  count: number,
): void {
  for (let from = 0; from < count; from += AHEAD) {
    const to = Math.min(from + AHEAD, count);
    const first = packers[kinds.device(asked[from])];
    let ofOne = true;
    for (let i = from; i < to; i++) {
      const packer = packers[kinds.device(asked[i])];
      if (packer !== first) ofOne = false;
      places[i - from] = packer.placeOf(asked[i]);
    }
    if (ofOne) first.expect(places, to - from);
    for (let i = from; i < to; i++) {
      const kind = asked[i];
      numbers[kind] = packers[kinds.device(kind)].entryFor(kind, firsts[kind], places[i - from]);
    }
  }
}

import { purposeIds } from '../lists/purposes.ts';
import { type Attempt, AttemptBatch, type DeviceCounts } from '../resolver/between/attempt-batch.ts';
import { AttemptWriter } from '../resolver/between/attempt-writer.ts';
import { Kinds } from '../resolver/between/kinds.ts';
import { HashedName } from '../resolver/policy/hashed-name.ts';
import { outcomes } from '../resolver/policy/model.ts';

const name = new HashedName();
const writer = new AttemptWriter();

/** The batch that a ring would have made of these attempts. */
export function batchFrom({
  boot = 'boot',
  sequence = 1,
  attempts,
  counts = [],
  dropped = 0,
}: {
  boot?: string;
  sequence?: number;
  attempts: readonly Attempt[];
  counts?: readonly DeviceCounts[];
  dropped?: number;
}): AttemptBatch {
  writer.clear();
  const devices: string[] = [];
  const reasons: string[] = [];
  const numbered = (texts: string[], text: string) => {
    const known = texts.indexOf(text);
    return known < 0 ? texts.push(text) - 1 : known;
  };
  for (const { at, device, domain, qtype, outcome, purpose, reason } of attempts) {
    if (!name.readText(domain)) throw new Error(`${domain} is no name`);
    const isTaken = writer.add(
      at,
      numbered(devices, device),
      numbered(reasons, reason),
      qtype,
      outcomes.indexOf(outcome),
      purpose ? purposeIds.indexOf(purpose) + 1 : 0,
      name,
    );
    if (!isTaken) throw new Error('A ring would not have had room for these attempts in one batch.');
  }
  const { began, kinds, rows } = writer;
  return new AttemptBatch({
    boot,
    sequence,
    began,
    devices,
    reasons,
    kinds: new Kinds(kinds.slice()),
    rows: rows.slice(),
    counts,
    dropped,
  });
}

/**
 * Whether lists are understood as their formats define: `node test/bench/verdicts.ts list …` asks each list about 10,000
 * names, those in it, beside, above and below them, and compares with a slow reading of its lines that shares no code.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { compile } from '../../lists/compile.ts';
import { decodeList } from '../../lists/parse/decode.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import { emptyPolicySnapshot } from '../../resolver/between/policy-snapshot.ts';
import { HashedName } from '../../resolver/policy/hashed-name.ts';
import { regexFor } from '../../resolver/policy/linear-regex.ts';
import { Matcher } from '../../resolver/policy/matcher.ts';
import { Policy } from '../../resolver/policy/policy.ts';
import { Verdict } from '../../resolver/policy/verdict.ts';
import { word } from './data/names.ts';
import { Random } from './data/random.ts';
import { slowReading } from './data/slow-reading.ts';

const SAMPLES = 10_000;
const A = 1;

let wrong = 0;
for (const file of process.argv.slice(2)) {
  const bytes = decodeList(readFileSync(file), 2 ** 28);
  const list = { id: 'l', version: '', kind: 'block' as const, read: () => bytes };
  const { ruleSet, lists } = compile({ packs: [], lists: [list], limits: { names: 4_000_000, patterns: 1000 } });
  const { report } = lists[0];
  const blocks = await productOf(RuleSet.open(ruleSet));
  const reading = slowReading(bytes.toString(), report.format);
  const names = samples(reading.names);
  const differences = names.filter((name) => blocks(name) !== reading.blocks(name));
  wrong += differences.length;
  const blocked = names.filter(blocks).length;
  const counts = `${report.format}, ${report.rules} rules, ${report.skipped} skipped, ${report.bad} bad`;
  console.log(`${basename(file)}: ${counts}; ${names.length} names, ${blocked} blocked, ${differences.length} differ`);
  for (const [because, count] of Object.entries(report.skippedBecause)) console.log(`    skipped ${count}: ${because}`);
  for (const { line, reason, text } of report.badLines.slice(0, 3)) console.log(`    bad ${line}: ${reason}: ${text}`);
  for (const name of differences.slice(0, 10)) console.log(`    ${name}: ${blocks(name) ? 'blocked' : 'passed'}`);
}
console.log(wrong === 0 ? 'MET: every verdict as the format defines' : `NOT MET: ${wrong} verdicts differ`);
process.exitCode = wrong === 0 ? 0 : 1;

/** As a household with this one list for everyone decides. */
async function productOf(ruleSet: RuleSet): Promise<(name: string) => boolean> {
  const regex = await regexFor([], ruleSet.meta);
  const lists = [{ id: 'l', scope: { kind: 'everyone' } as const, watchOnly: false }];
  const policy = new Policy({ ...emptyPolicySnapshot, lists }, new Matcher(ruleSet, regex), regex);
  const hashed = new HashedName();
  const verdict = new Verdict();
  return (name) => {
    if (!hashed.readText(name)) throw new Error(`${name} is no name`);
    policy.decide(hashed, A, policy.stranger, 0, verdict);
    return verdict.blocked;
  };
}

function samples(listed: readonly string[]): string[] {
  const random = new Random(11);
  const names = new Set<string>(listed.length <= SAMPLES / 4 ? listed : []);
  while (names.size < SAMPLES) {
    const name = sample(random, listed);
    if (name.length < 250 && name.split('.').every((label) => label.length < 64)) names.add(name);
  }
  return [...names];
}

function sample(random: Random, listed: readonly string[]): string {
  const near = listed.length > 0 ? random.pick(listed) : 'example.org';
  const parent = near.slice(near.indexOf('.') + 1);
  switch (random.between(0, 7)) {
    case 0:
    case 1:
      return near;
    case 2:
      return `${word(random, 1, 2)}.${near}`;
    case 3:
      return `${word(random, 1, 2)}.${word(random, 1, 2)}.${near}`;
    case 4:
      return `${word(random, 1, 3)}.${parent}`;
    case 5:
      return near.includes('.') ? `${parent}` : near;
    case 6:
      return random.between(0, 1) ? `x${near}` : `${near}x`;
    default:
      return random.between(0, 1) ? word(random, 4, 7) : `${word(random, 2, 3)}.${word(random, 1, 1)}`;
  }
}

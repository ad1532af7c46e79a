/**
 * Names that are not on a list of a million must not be found in the rule-set that is made of it:
 * `node test/bench/false-positives.ts [names]`, 10,000,000 without it. Names are new ones, names of the list with one
 * letter changed, hosts beside listed ones, and names under top-level domains that differ by a letter.
 */
import { readFileSync } from 'node:fs';
import { compile } from '../../lists/compile.ts';
import { hashName, lanesOfName } from '../../lists/rule-set/name-hash.ts';
import { RuleSet } from '../../lists/rule-set/rule-set.ts';
import { ordinaryNames, word } from './data/names.ts';
import { Random } from './data/random.ts';
import { report } from './found.ts';
import { withRig } from './rig.ts';

const wanted = Number(process.argv[2] ?? 10_000_000);

await withRig(async ({ mixes }) => {
  const text = readFileSync(mixes.list(1_000_000));
  const listed = text.toString().trimEnd().split('\n');
  const limits = { names: 2_000_000, patterns: 0 };
  const { ruleSet } = compile({
    packs: [],
    lists: [{ id: 'l_bench', version: '', kind: 'block', read: () => text }],
    limits,
  });
  const rules = RuleSet.open(ruleSet);
  const lost = listed.filter((name) => !isFound(rules, name)).length;

  const known = new Set(listed);
  const random = new Random(99);
  const found: string[] = [];
  let tried = 0;
  for (const began = performance.now(); tried < wanted; ) {
    const name = stranger(random, listed);
    if (isListed(known, name)) continue;
    tried++;
    if (isFound(rules, name)) found.push(name);
    if (tried % 1_000_000 === 0) console.log(`${tried} names, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }

  const bytesPerName = ruleSet.byteLength / rules.names;
  report(
    'false-positives',
    [
      {
        goal: `No false positive in ${wanted.toLocaleString('en')} names not on a list of 1,000,000`,
        found: `${found.length} found; of the list itself ${lost} missed`,
        met: found.length === 0 && lost === 0,
      },
      {
        goal: 'At most 16 bytes per name',
        found: `${bytesPerName.toFixed(2)} bytes`,
        met: bytesPerName <= 16,
      },
    ],
    { tried, found, lost, names: rules.names, bytesPerName },
  );
});

function stranger(random: Random, listed: readonly string[]): string {
  const near = random.pick(listed);
  switch (random.between(0, 3)) {
    case 0:
      return `${word(random, 1, 3)}.${ordinaryNames(random, 1)[0]}`;
    case 1: {
      const at = random.between(0, near.indexOf('.') - 1);
      return near.slice(0, at) + String.fromCharCode(random.between(97, 122)) + near.slice(at + 1);
    }
    case 2:
      return `${word(random, 1, 3)}.${near.slice(near.indexOf('.') + 1)}`;
    default:
      return `${word(random, 1, 2)}${random.between(0, 999)}.${near}x`;
  }
}

/** Whether the name or one above it is on the list. */
function isListed(known: ReadonlySet<string>, name: string): boolean {
  for (let at = 0; at >= 0; at = name.indexOf('.', at + 1)) if (known.has(name.slice(at && at + 1))) return true;
  return false;
}

/** As answering looks a name up: every suffix of it. */
function isFound(rules: RuleSet, name: string): boolean {
  const labels = hashName(name);
  for (let level = 0; level < labels; level++) {
    if (rules.find(lanesOfName[2 * level], lanesOfName[2 * level + 1]) !== 0) return true;
  }
  return false;
}

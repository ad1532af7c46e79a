// Started by lists-killed.test.ts, which ends it at some moment of the update.
import { fetchLimits } from '../../resolver/control/lists/list-fetcher.ts';
import { Lists } from '../../resolver/control/lists/lists.ts';
import { childEntry, listDocument } from './lists-household.ts';

const [dataDir, url] = process.argv.slice(2);
const lists = new Lists({
  dataDir,
  documents: { lists: () => [listDocument(url, { everyHours: 24 })], watch: () => () => {} },
  packs: [],
  neverBlock: [],
  functional: [],
  onRuleSet: () => {},
  now: () => Date.now(),
  bootstrap: [{ address: '127.0.0.1', port: 9 }],
  allowPrivate: true,
  childEntry,
  memory: { ruleSet: 2 ** 24, childHeapMb: 128 },
  limits: fetchLimits,
});
await lists.start();
process.send!('updating');
await lists.refresh('l_1');
process.send!('updated');

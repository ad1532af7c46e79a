import { Random, weighted } from './random.ts';

const vowels = [...'aeiou'];
// No q: names that begin with it are kept for those that are on no list.
const consonants = 'b c d f g h j k l m n p r s t v w z br cl cr dr fl gr pl pr sh sl st tr'.split(' ');
const syllables = consonants.flatMap((consonant) => vowels.map((vowel) => consonant + vowel));
const hosts =
  'www ads ad track t s cdn static pixel stats api m log events collect img click go data metrics analytics a b c'.split(
    ' ',
  );
const topLevel = weighted(
  'com net org info io de ru xyz top online co.uk com.br fr cn'.split(' '),
  [48, 12, 6, 3, 4, 4, 4, 5, 4, 2, 3, 2, 2, 1],
);

export function word(random: Random, least: number, most: number): string {
  let text = '';
  for (let left = random.between(least, most); left > 0; left--) text += random.pick(syllables);
  return text;
}

/**
 * Names as block lists have them: whole registered domains, and hosts of others that are not on the list. None is
 * below another, because servers differ in what they make of that.
 */
export function blockListNames(count: number): string[] {
  const random = new Random(20240501);
  const names = new Set<string>();
  const parents: string[] = [];
  while (names.size < count * 1.12 + 1000) names.add(listed(random, parents));
  return [...names].filter((name) => !hasParentIn(names, name)).slice(0, count);
}

function listed(random: Random, parents: string[]): string {
  const kind = random.next();
  if (kind < 0.38) return registered(random);
  if (parents.length === 0 || random.next() < 0.35) parents.push(`p${word(random, 2, 4)}.${topLevel(random)}`);
  const host =
    kind < 0.6
      ? `${random.pick(hosts)}${random.between(0, 99)}-${word(random, 1, 2)}`
      : `${kind > 0.88 ? `${random.pick(hosts)}.` : ''}${word(random, 1, 3)}`;
  return `${host}.${random.pick(parents)}`;
}

function registered(random: Random): string {
  const endings = ['', '', `-${word(random, 1, 2)}`, String(random.between(1, 999))];
  return `${word(random, 2, 4)}${random.pick(endings)}.${topLevel(random)}`;
}

function hasParentIn(names: ReadonlySet<string>, name: string): boolean {
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    if (names.has(name.slice(dot + 1))) return true;
  }
  return false;
}

/** Names that no list has and the stub upstream answers. */
export function ordinaryNames(random: Random, count: number): string[] {
  const prefixes = ['www.', '', 'api.', 'cdn.', 'mail.'];
  return Array.from(
    { length: count },
    (_, i) => `${random.pick(prefixes)}q${word(random, 2, 3)}${i}.${random.pick(['com', 'org', 'net', 'de'])}`,
  );
}

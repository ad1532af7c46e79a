/**
 * Kinds of attempts that a device may bring. No phone asks for that many names that matter; what makes names up
 * without end must not fill memory and disk, nor take the time that answers need. From there on it is recorded under
 * the names' parents, and when there are too many of these, too, under one name for all.
 */
export const MOST_KINDS = 20_000;
export const MOST_PARENTS = 5_000;

/** Labels of a name that its parent keeps. */
export const PARENT_LABELS = 2;

/** Whether a name, as text, stands for all below it. */
export const standsForMany = (domain: string): boolean => domain === '*' || domain.startsWith('*.');

/** In wire form: what stands for all names below the last that was read. */
export const parent = Uint8Array.of(1, 0x2a, ...new Uint8Array(256));

/**
 * Leaves in `parent` what stands for all names below the last labels, `PARENT_LABELS` of them or none:
 * "*.example.com", "*".
 * @returns its length
 */
export function readParent(names: Uint8Array, at: number, labels: typeof PARENT_LABELS | 0): number {
  let last = at;
  let from = at;
  for (let label = at; names[label] !== 0; label += names[label] + 1) [from, last] = [last, label];
  if (labels === 0) from = last + names[last] + 1;
  let end = 2;
  for (let label = from; names[label] !== 0; ) {
    for (const next = label + names[label] + 1; label < next; ) parent[end++] = names[label++];
  }
  parent[end++] = 0;
  return end;
}

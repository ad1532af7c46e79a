/** What folding needs of a row of the log; rows come newest first. */
export interface Foldable {
  readonly at: number;
  readonly device: string;
  readonly domain: string;
  readonly outcome: string;
  readonly purpose?: string;
  readonly reason: string;
  readonly count: number;
}

/** Equal attempts that came close together, told as one. */
export interface Fold<Row extends Foldable = Foldable> {
  readonly key: string;
  /** The newest of them. */
  readonly row: Row;
  readonly blocked: boolean;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export const isBlocked = (row: Pick<Foldable, 'outcome'>): boolean => row.outcome === 'blocked';

const subject = (row: Foldable) => `${row.device} ${row.domain} ${isBlocked(row)} ${row.purpose ?? ''}`;

/**
 * Folds rows of the same device, name, purpose and verdict while no more than `gap` milliseconds lie between
 * them. Record types don't part them: a phone asks for IPv4 and IPv6 in one breath.
 */
export function fold<Row extends Foldable>(rows: readonly Row[], gap = 30 * 60_000): Fold<Row>[] {
  const open = new Map<string, Fold<Row>>();
  const folds: Fold<Row>[] = [];
  const replace = (old: Fold<Row>, next: Fold<Row>) => {
    folds[folds.indexOf(old)] = next;
    open.set(subject(next.row), next);
  };
  for (const row of rows.toSorted((a, b) => b.at - a.at)) {
    const before = open.get(subject(row));
    if (before && before.from - row.at <= gap) {
      replace(before, { ...before, from: row.at, count: before.count + row.count });
      continue;
    }
    const fresh = {
      key: `${subject(row)} ${row.at}`,
      row,
      blocked: isBlocked(row),
      from: row.at,
      to: row.at,
      count: row.count,
    };
    folds.push(fresh);
    open.set(subject(row), fresh);
  }
  return folds;
}

export interface PurposeFold<Row extends Foldable = Foldable> {
  /** Without one, a list or a rule of the household spoke. */
  readonly purpose?: string;
  readonly folds: readonly Fold<Row>[];
  readonly count: number;
  readonly blocked: number;
  readonly to: number;
}

/** A phone's recent attempts by what they were for; within a purpose, every name once. */
export function foldByPurpose<Row extends Foldable>(rows: readonly Row[]): PurposeFold<Row>[] {
  const byPurpose = Map.groupBy(fold(rows, Number.POSITIVE_INFINITY), (each) => each.row.purpose);
  return [...byPurpose]
    .map(([purpose, folds]) => ({
      purpose,
      folds,
      count: folds.reduce((sum, each) => sum + each.count, 0),
      blocked: folds.reduce((sum, each) => sum + (each.blocked ? each.count : 0), 0),
      to: Math.max(...folds.map((each) => each.to)),
    }))
    .toSorted((a, b) => b.to - a.to);
}

import { isDeepStrictEqual } from 'node:util';
import type { DeviceDocument } from './documents.ts';
import type { Edit } from './edit.ts';
import type { Household } from './household.ts';

/** What the recognition of devices writes without being asked; everything else in a document is people's. */
function recognised(seen: DeviceDocument, before: DeviceDocument): DeviceDocument {
  const { identifiers, suggestedName, lastSeen, firstSeen, formerly, notSameAs } = seen;
  return {
    ...before,
    kind: before.kind === 'unknown' ? seen.kind : before.kind,
    vendor: before.vendor ?? seen.vendor,
    identifiers,
    suggestedName,
    firstSeen,
    lastSeen,
    formerly,
    notSameAs,
  };
}

/** What people decide about a device, by hand or by pressing a switch. */
const decisions = [
  'name',
  'kind',
  'vendor',
  'groups',
  'preset',
  'purposes',
  'pausedUntil',
  'recording',
  'recordingUntil',
  'missed',
] as const satisfies readonly (keyof DeviceDocument)[];

/** The wish of one person, with what another decided since it was formed. */
function withNewer(wish: DeviceDocument, formed: DeviceDocument, now: DeviceDocument): DeviceDocument {
  const newer = decisions.filter((key) => !isDeepStrictEqual(formed[key], now[key]));
  return { ...wish, ...Object.fromEntries(newer.map((key) => [key, now[key]])) };
}

/**
 * The household's documents as the recognition of devices reads and writes them. What it noticed by itself
 * never overwrites what a person decided meanwhile; what a person had it do goes into history.
 */
export class DeviceDocuments {
  private readonly household: Household;

  constructor(deps: { household: Household }) {
    this.household = deps.household;
  }

  all(): readonly DeviceDocument[] {
    return this.household.all('device');
  }

  async change(
    by: string,
    changes: readonly { readonly id: string; readonly value?: DeviceDocument }[],
  ): Promise<void> {
    const byItself = by === 'quell';
    const edits = changes.map(({ id, value }): Edit => {
      const formed = this.household.get('device', id);
      const edit = (before: DeviceDocument | undefined) => {
        if (!before || !value) return value;
        if (byItself) return recognised(value, before);
        return formed ? withNewer(value, formed, before) : value;
      };
      return { kind: 'device', id, edit };
    });
    if (byItself) return this.household.note(edits);
    await this.household.change({ by, what: this.say(changes) }, [...edits, ...this.rulesThatMove(changes)]);
  }

  /** One goes away: they were merged. One is new: it was split. */
  private say(changes: readonly { readonly id: string; readonly value?: DeviceDocument }[]): string {
    const names = changes.map(({ id, value }) => {
      const device = value ?? this.household.get('device', id);
      return device?.name ?? device?.suggestedName ?? id;
    });
    if (changes.some(({ value }) => !value)) return `Merged into one device: ${names.join(', ')}`;
    if (changes.some(({ id }) => !this.household.get('device', id))) return `Split in two: ${names.at(-1)}`;
    return `How it is recognised was changed: ${names.join(', ')}`;
  }

  /** Rules of a device that is merged into another go on there. */
  private rulesThatMove(changes: readonly { readonly id: string; readonly value?: DeviceDocument }[]): Edit[] {
    const into = changes.find(({ value }) => value)?.id;
    const gone = new Set(changes.filter(({ value }) => !value).map(({ id }) => id));
    if (into === undefined || gone.size === 0) return [];
    return this.household
      .all('rule')
      .filter(({ scope }) => scope.kind === 'device' && gone.has(scope.id))
      .map(
        ({ id }): Edit => ({
          kind: 'rule',
          id,
          edit: (rule) => rule && { ...rule, scope: { kind: 'device', id: into } },
        }),
      );
  }
}

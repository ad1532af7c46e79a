import type { WallMs } from '../../policy/model.ts';
import type { ForgottenDocument } from '../settings/documents.ts';
import type { Edit } from '../settings/edit.ts';
import type { Household } from '../settings/household.ts';
import { digestOf } from '../settings/secret.ts';
import type { RecordStore } from '../store/store.ts';

/**
 * Notes that a device was forgotten, for nodes that are off or cut off now and have attempts of it in their journal.
 * Only a digest of its random id is kept, for as long as any record could be.
 */
export function noteForgotten(devices: Iterable<string>, household: Household, now: WallMs): Edit[] {
  const before = now - household.settings().retention.rollupDays * 24 * 3_600_000;
  const old = household.all('forgotten').filter(({ at }) => at < before);
  const values = Array.from(devices, (device): ForgottenDocument => ({ id: digestOf(device), at: now }));
  return [
    ...values.map((value): Edit => ({ kind: 'forgotten', id: value.id, value })),
    ...old.map(({ id }): Edit => ({ kind: 'forgotten', id, edit: () => undefined })),
  ];
}

/** Keeps what was forgotten out of the store, whoever brings it, and however late. */
export class Forgotten {
  private readonly household: Household;
  private readonly record: RecordStore;
  private digests = new Map<string, string>();
  private unlisten: (() => void) | undefined;

  constructor(deps: { readonly household: Household; readonly record: RecordStore }) {
    this.household = deps.household;
    this.record = deps.record;
  }

  /** What came before it was known is taken out again. */
  start(): void {
    this.unlisten = this.household.onChange((changed) => {
      if (changed.some(({ kind, after }) => kind === 'forgotten' && after)) void this.sweep().catch(() => {});
    });
    void this.sweep().catch(() => {});
  }

  stop(): void {
    this.unlisten?.();
  }

  /** Takes batches, and leaves out devices that were forgotten since. */
  readonly append: RecordStore['append'] = (batch, flushedAt) => {
    let kept = batch;
    if (this.household.count('forgotten') > 0) {
      const devices = new Set([...batch.devices, ...batch.counts.map(({ device }) => device)]);
      for (const device of devices) if (this.has(device)) kept = kept.without(device);
    }
    return this.record.append(kept, flushedAt);
  };

  private has(device: string): boolean {
    let digest = this.digests.get(device);
    if (digest === undefined) {
      if (this.digests.size > MOST_DIGESTS) this.digests.clear();
      this.digests.set(device, (digest = digestOf(device)));
    }
    return this.household.get('forgotten', digest) !== undefined;
  }

  private async sweep(): Promise<void> {
    if (this.household.count('forgotten') === 0) return;
    for (const device of await this.record.devices()) if (this.has(device)) await this.record.forget(device);
  }
}

const MOST_DIGESTS = 20_000;

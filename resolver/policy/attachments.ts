import type { DevicePolicy, ListAttachment } from './model.ts';

/** What a subscribed list does for a device: by source number of the rule-set. */
export const attachment = { none: 0, decides: 1, watches: 2 } as const;

export interface AttachmentContext {
  readonly lists: readonly ListAttachment[];
  readonly sourceIds: readonly string[];
  /** Attachments of a device that no list is attached to in particular, shared by all such. */
  readonly common: Uint8Array;
}

/** By source number; those that no list is attached to in particular share what is in common. */
export function attachmentsOf(device: DevicePolicy, { lists, sourceIds, common }: AttachmentContext): Uint8Array {
  const own = lists.filter(({ scope }) =>
    scope.kind === 'device' ? scope.id === device.id : scope.kind === 'group' && device.groups.includes(scope.id),
  );
  return own.length > 0 ? attachLists(own, sourceIds, common) : common;
}

export function attachLists(
  lists: readonly ListAttachment[],
  sourceIds: readonly string[],
  base: Uint8Array = new Uint8Array(sourceIds.length),
): Uint8Array {
  const attached = base.slice();
  for (const list of lists) {
    const source = sourceIds.indexOf(list.id);
    if (source >= 0) attached[source] = list.watchOnly ? attachment.watches : attachment.decides;
  }
  return attached;
}

import type { Notice } from './model.ts';

/** The device that a notice says waits for a decision; it is shown with the ways to decide instead. */
export const waitsFor = ({ id, device }: Pick<Notice, 'id' | 'device'>): string | undefined =>
  id.startsWith('device-waits-') ? device : undefined;

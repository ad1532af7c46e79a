import type { Target } from './target.ts';

export type EchoKind = 'udp' | 'tcp' | 'forward';

/**
 * What the machine allows: the same packets with no work done on them.
 * @param shortSlices whether it asks the scheduler for what Quell asks for
 */
export const echo = (program: string, kind: EchoKind, { shortSlices = false } = {}): Target => ({
  name: 'echo',
  version: kind,
  async prepare({ port, upstream, folder }) {
    const more = kind === 'forward' ? [String(upstream)] : [];
    return { command: [program, ...(shortSlices ? ['-s'] : []), kind, String(port), ...more], folder };
  },
});

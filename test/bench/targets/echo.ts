import type { Target } from './target.ts';

export type EchoKind = 'udp' | 'tcp' | 'forward';

/** What the machine allows: the same packets with no work done on them. */
export const echo = (program: string, kind: EchoKind): Target => ({
  name: 'echo',
  version: kind,
  async prepare({ port, upstream, folder }) {
    const more = kind === 'forward' ? [String(upstream)] : [];
    return { command: [program, kind, String(port), ...more], folder };
  },
});

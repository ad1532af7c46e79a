import { findDevice, withApi } from './local-api.ts';

interface Explained {
  readonly verdict: { readonly action: string; readonly reason?: string; readonly purpose?: string };
  readonly mode?: string;
  readonly steps: readonly {
    level: string;
    title?: string;
    spoke: boolean;
    says?: string;
    reason?: string;
    detail?: string;
  }[];
}

/** Prints the chain of precedence for a name on a device. */
export async function run(wish: string, name: string): Promise<void> {
  await withApi(async (call) => {
    const device = await findDevice(call, wish);
    const query = new URLSearchParams({ device: device.id, domain: name, type: 'A' });
    const explained = (await call('GET', `/explain?${query}`)) as Explained;
    const { action, reason, purpose } = explained.verdict;
    console.log(
      `${name} on ${device.name}: ${action}${reason ? ` (${reason})` : ''}${purpose ? `, for ${purpose}` : ''}`,
    );
    for (const { level, title, spoke, says, reason: why, detail } of explained.steps) {
      const word = says ? `${says}${why ? `, ${why}` : ''}${detail ? `: ${detail}` : ''}` : 'says nothing';
      console.log(`${spoke ? '→' : ' '} ${title ?? level}: ${word}`);
    }
  });
}

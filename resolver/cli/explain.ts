import { findDevice, withApi } from './local-api.ts';

interface Explained {
  readonly verdict: { readonly action: string; readonly reason?: string; readonly purpose?: string };
  readonly recognisedBy: string;
  readonly asOf?: string;
  readonly mode?: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly title: string;
  readonly spoke: boolean;
  readonly says: string;
  readonly reason?: string;
  readonly detail?: string;
}

/** What a phone is told instead of the truth. */
const modes: Record<string, string> = {
  null: 'no address (0.0.0.0 or ::)',
  nxdomain: 'no such name (NXDOMAIN)',
  nodata: 'nothing of that type (NODATA)',
  refused: 'a refusal (REFUSED)',
  sinkhole: "the address of Quell's own page",
};

/**
 * Prints the chain for a name on a device: how it is recognised, what each level says, and how it is answered.
 * @param at time as `Date` reads it; now without it
 */
export async function run(wish: string, name: string, type: string, at?: string): Promise<void> {
  await withApi(async (call) => {
    const device = await findDevice(call, wish);
    const query = new URLSearchParams({ device: device.id, domain: name, type, ...(at && { at: timeOf(at) }) });
    const { verdict, recognisedBy, asOf, mode, steps } = (await call('GET', `/explain?${query}`)) as Explained;
    const { action, reason, purpose } = verdict;
    console.log(
      `${name} on ${device.name}: ${action}${reason ? ` (${reason})` : ''}${purpose ? `, for ${purpose}` : ''}`,
    );
    if (asOf) console.log(`  ${asOf}`);
    console.log(`  Who asks: ${recognisedBy}`);
    for (const { title, spoke, ...step } of steps) console.log(`${spoke ? '→' : ' '} ${title}: ${sentence(step)}`);
    if (mode) console.log(`  Answered by ${modes[mode] ?? mode}.`);
  });
}

/** "Blocks it (list:l_1): My list, line 8: 0.0.0.0 ads.example" */
const sentence = ({ says, reason, detail }: Pick<Step, 'says' | 'reason' | 'detail'>): string =>
  reason === undefined ? says : `${says.replace(/\.$/, '')} (${reason})${detail ? `: ${detail}` : '.'}`;

function timeOf(text: string): string {
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new Error(`"${text}" is no time; write it like "2026-11-26T18:30".`);
  return time.toISOString();
}

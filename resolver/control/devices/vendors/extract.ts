import { readFile, writeFile } from 'node:fs/promises';
import { type ExtractedVendor, pack } from './packed-prefixes.ts';

/** Which of IEEE's company names are one maker, as people know it. The first that matches counts. */
const makers: readonly { name: string; pattern: RegExp; kind?: ExtractedVendor['kind'] }[] = [
  // Its cars are in the register too; they are no phones.
  { name: 'Xiaomi EV', pattern: /xiaomi ev/i, kind: 'other' },
  { name: 'Xiaomi', pattern: /xiaomi/i },
  { name: 'Samsung', pattern: /^samsung electronics/i },
  { name: 'Apple', pattern: /^apple, inc/i },
  { name: 'Huawei', pattern: /^huawei device/i },
  { name: 'Honor', pattern: /^honor device/i, kind: 'phone' },
  { name: 'OPPO', pattern: /^guangdong oppo/i, kind: 'phone' },
  { name: 'OnePlus', pattern: /^oneplus/i, kind: 'phone' },
  { name: 'realme', pattern: /^realme/i, kind: 'phone' },
  { name: 'vivo', pattern: /^vivo mobile/i, kind: 'phone' },
  { name: 'Motorola', pattern: /^motorola mobility/i, kind: 'phone' },
  { name: 'Google', pattern: /^google, inc/i },
  { name: 'Nothing', pattern: /^nothing technology/i, kind: 'phone' },
  { name: 'Fairphone', pattern: /^fairphone/i, kind: 'phone' },
  { name: 'HMD', pattern: /^hmd global/i, kind: 'phone' },
  { name: 'Tecno', pattern: /^(shenzhen )?tecno( mobile)?( |$)/i, kind: 'phone' },
  { name: 'Infinix', pattern: /^infinix/i, kind: 'phone' },
  { name: 'itel', pattern: /^itel mobile/i, kind: 'phone' },
  { name: 'Meizu', pattern: /^meizu/i, kind: 'phone' },
  { name: 'HTC', pattern: /^htc corporation/i },
  { name: 'LG', pattern: /^lg electronics \(mobile/i, kind: 'phone' },
  { name: 'LG', pattern: /^lg electronics/i },
  { name: 'Sony', pattern: /^sony corporation|^sony mobile/i },
  { name: 'ZTE', pattern: /^zte corporation/i },
  { name: 'TCL', pattern: /^tcl /i },
  { name: 'ASUS', pattern: /^asustek/i },
  { name: 'Lenovo', pattern: /^lenovo mobile/i },
  { name: 'Microsoft', pattern: /^microsoft( corporation)?$/i },
  { name: 'Amazon', pattern: /^amazon(\.com| technologies)/i },
  { name: 'Intel', pattern: /^intel corporate/i, kind: 'computer' },
  { name: 'Espressif', pattern: /^espressif/i, kind: 'other' },
  { name: 'Raspberry Pi', pattern: /^raspberry pi/i, kind: 'computer' },
  { name: 'AVM', pattern: /^avm /i, kind: 'router' },
  { name: 'TP-Link', pattern: /^tp-link/i },
  { name: 'Netgear', pattern: /^netgear/i },
  { name: 'Yeelink', pattern: /yeelink/i, kind: 'other' },
  { name: 'Lumi', pattern: /^lumi united/i, kind: 'other' },
  { name: 'Roborock', pattern: /roborock/i, kind: 'other' },
  { name: 'Huami', pattern: /huami/i, kind: 'other' },
  { name: 'Imilab', pattern: /imilab/i, kind: 'other' },
];

/** @param register prefix in hex (6, 7 or 9 digits) to company name and address, as the npm package oui-data has it */
export const extract = (register: Readonly<Record<string, string>>): ExtractedVendor[] => {
  const prefixes = new Map<string, { maker: (typeof makers)[number]; found: string[] }>();
  for (const [prefix, entry] of Object.entries(register)) {
    const company = entry.split('\n', 1)[0];
    const maker = makers.find(({ pattern }) => pattern.test(company));
    if (!maker || prefix.length > 7) continue;
    const key = `${maker.name} ${maker.kind}`;
    const group = prefixes.get(key) ?? { maker, found: [] };
    group.found.push(prefix.toLowerCase());
    prefixes.set(key, group);
  }
  return [...prefixes.values()]
    .map(({ maker, found }) => ({ name: maker.name, kind: maker.kind, ...pack(found) }))
    .sort((a, b) => a.name.localeCompare(b.name) || (a.kind ?? '').localeCompare(b.kind ?? ''));
};

if (import.meta.main) {
  const index = import.meta.resolve('oui-data');
  const read = async (url: string | URL): Promise<unknown> => JSON.parse(await readFile(new URL(url), 'utf8'));
  const { version } = (await read(new URL('package.json', index))) as { version: string };
  const register = (await read(index)) as Record<string, string>;
  const lines = extract(register).map((vendor) => JSON.stringify(vendor));
  const from = `oui-data ${version}, see NOTICE.md`;
  const text = `{ "from": ${JSON.stringify(from)}, "vendors": [\n${lines.join(',\n')}\n] }\n`;
  await writeFile(new URL('prefixes.json', import.meta.url), text);
}

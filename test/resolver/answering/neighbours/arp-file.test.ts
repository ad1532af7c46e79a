import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { macText } from '../../../../resolver/answering/mac.ts';
import { ArpFile } from '../../../../resolver/answering/neighbours/arp-file.ts';

const HEAD = 'IP address       HW type     Flags       HW address            Mask     Device\n';

test('a file of neighbours gives the MAC of complete entries alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'quell-arp-'));
  const path = join(folder, 'arp');
  await writeFile(
    path,
    `${HEAD}192.168.1.77     0x1         0x2         1c:cc:d6:00:00:02     *        br0
192.168.1.7      0x1         0x2         1c:cc:d6:00:00:01     *        br0
192.168.1.8      0x1         0x0         00:00:00:00:00:00     *        br0\n`,
  );
  const table = new ArpFile(path);
  expect(macText(table.macOf(Uint8Array.of(192, 168, 1, 7)))).toBe('1c:cc:d6:00:00:01');
  expect(table.macOf(Uint8Array.of(192, 168, 1, 8))).toBe(-1);
  expect(table.macOf(Uint8Array.of(192, 168, 1, 9))).toBe(-1);
  expect(table.macOf(new Uint8Array(16))).toBe(-1);
  await rm(folder, { recursive: true });
  expect(table.macOf(Uint8Array.of(192, 168, 1, 7))).toBe(-1);
});

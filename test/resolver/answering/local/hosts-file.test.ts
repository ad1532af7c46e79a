import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HostsFile } from '../../../../resolver/answering/local/hosts-file.ts';
import { answerTo, parse, query } from '../messages.ts';
import { SmallHouse } from '../small-house.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quell-hosts-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = `127.0.0.1 localhost me
127.0.1.1\tpi
::1 ip6-localhost
ff02::1 ip6-allnodes
192.168.1.20  NAS nas.home.arpa   # the box
fd00::20 nas
0.0.0.0 ads.example
not-an-address name
192.168.1.999 broken
192.168.1.21
`;

async function watched(path: string): Promise<{ file: HostsFile; changed: () => Promise<void>; said: string[] }> {
  const said: string[] = [];
  let told = () => {};
  const say = (line: string) => {
    said.push(line);
    told();
  };
  const file = new HostsFile({ path, changed: () => told(), say, every: 20 });
  const changed = () => new Promise<void>((resolve) => (told = resolve));
  await file.start();
  return { file, changed, said };
}

describe('a hosts file', () => {
  it('gives names to the addresses of the house, and not to those that mean the machine itself', async () => {
    const path = join(folder, 'hosts');
    await writeFile(path, text);
    const { file } = await watched(path);
    file.stop();
    expect(file.records).toEqual([
      { name: 'NAS', type: 'A', value: '192.168.1.20' },
      { name: 'nas.home.arpa', type: 'A', value: '192.168.1.20' },
      { name: 'nas', type: 'AAAA', value: 'fd00::20' },
      { name: 'ads.example', type: 'A', value: '0.0.0.0' },
    ]);
  });

  it('is read again when it is replaced, and a file that is gone leaves what was read', async () => {
    const path = join(folder, 'changing');
    await writeFile(path, '192.168.1.20 one');
    const { file, changed, said } = await watched(path);
    const again = changed();
    await writeFile(`${path}.new`, '192.168.1.21 two more');
    await rename(`${path}.new`, path);
    await again;
    expect(file.records.map(({ name }) => name)).toEqual(['two', 'more']);
    const gone = changed();
    await rm(path);
    await gone;
    file.stop();
    expect(said.join()).toContain(`The hosts file ${path} can't be used`);
    expect(file.records).toHaveLength(2);
  });

  it('is overruled by the household’s own records', async () => {
    const path = join(folder, 'overruled');
    await writeFile(path, '192.168.1.20 nas.home.arpa tv.home.arpa');
    const records = [{ name: 'nas.home.arpa', type: 'A', value: '192.168.1.99' }] as const;
    const house = new SmallHouse((asked) => answerTo(asked, []), { local: { hostsFile: path, records } });
    const addressOf = async (name: string) => parse((await house.ask(query(name))) as Uint8Array).answers[0]?.address;
    expect(await addressOf('tv.home.arpa')).toBeUndefined();
    await house.local.start();
    house.local.stop();
    expect(await addressOf('tv.home.arpa')).toBe('192.168.1.20');
    expect(await addressOf('nas.home.arpa')).toBe('192.168.1.99');
    const back = parse((await house.ask(query('20.1.168.192.in-addr.arpa', 'PTR'))) as Uint8Array);
    expect(back.answers).toMatchObject([{ domain: 'tv.home.arpa' }]);
  });
});

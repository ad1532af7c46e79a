import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { expect, it } from 'vitest';
import { chromiumOptions } from '../browser/chromium.ts';
import { CertificateFiles } from './certificate-files.ts';
import { Quell } from './quell.ts';
import { FakeInternet } from './upstream.ts';

const TELEMETRY = 'data.mistat.xiaomi.com';

/** A browser whose owner typed our address into "Use secure DNS", and that has nobody else to ask. */
async function browserAsking(template: string, files: CertificateFiles) {
  const profile = await mkdtemp(join(tmpdir(), 'quell-chromium-'));
  const settings = { dns_over_https: { mode: 'secure', templates: template } };
  await writeFile(join(profile, 'Local State'), JSON.stringify(settings));
  const { publicKey } = new X509Certificate(await readFile(files.cert));
  const key = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
  const { args, ...options } = chromiumOptions;
  const browser = await chromium.launchPersistentContext(profile, {
    ...options,
    args: [...args, `--ignore-certificate-errors-spki-list=${key}`],
  });
  return {
    page: await browser.newPage(),
    async close() {
      await browser.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

it('Chromium with a template of ours finds names by us alone, and what is blocked is recorded', async () => {
  const internet = await new FakeInternet().start();
  const files = await CertificateFiles.make('IP:127.0.0.1');
  const web = createServer((_, response) => response.end('<title>The shop</title>')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  await using quell = await Quell.start({
    env: { QUELL_UPSTREAMS: internet.address, QUELL_DOH: '127.0.0.1:0', ...files.env },
    yaml: 'records:\n  - { name: shop.example, type: A, value: 127.0.0.1 }\n',
  });
  const template = `https://127.0.0.1:${quell.running.https[0].port}/dns-query{?dns}`;
  const { page, close } = await browserAsking(template, files);
  await page.goto(`http://shop.example:${(web.address() as AddressInfo).port}/`);
  expect(await page.title()).toBe('The shop');
  await expect(page.goto(`http://${TELEMETRY}/`)).rejects.toThrow(/net::ERR/);
  const { attempts } = await quell.eventually(async () => {
    const found = await quell.api<{ attempts: { domain: string; outcome: string }[] }>('GET', '/attempts');
    return found.attempts.length > 0 && found;
  });
  expect(attempts[0]).toMatchObject({ domain: TELEMETRY, outcome: 'blocked' });
  await close();
  web.close();
  await internet.stop();
  await files.remove();
});

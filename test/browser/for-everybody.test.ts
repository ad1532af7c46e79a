import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logIn, openBrowser, openPage, violations } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

const password = 'correct horse battery';
const places = ['/', '/phones', '/activity', '/packs', '/settings', '/nowhere'];

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ password }), openBrowser()]);
  await product.ask('127.0.0.41', 'data.mistat.xiaomi.com');
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

const settle = (page: Page) =>
  page.waitForLoadState('load').then(() => page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' }));

async function eachPlace(page: Page, look: (place: string) => Promise<void>): Promise<void> {
  await logIn(page, password);
  for (const place of places) {
    await page.goto(place);
    await settle(page);
    await look(place);
  }
  await page.goto('/phones');
  await page.locator('q-device-card').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'How much to block' }).waitFor();
  await look('a phone');
  await page.getByRole('button', { name: 'Something broke' }).click();
  await page.getByRole('dialog').getByRole('heading').first().waitFor();
  await look('something broke');
}

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('no page has what axe calls a barrier', async () => {
    const { page } = await openPage(browser, { baseURL: product.baseURL, colorScheme, reducedMotion: 'reduce' });
    await page.goto('/login');
    await settle(page);
    expect(await violations(page), 'login').toEqual([]);
    await eachPlace(page, async (place) => expect(await violations(page), place).toEqual([]));
  });
});

it('nothing has to be scrolled sideways at 320 pixels', async () => {
  const { page } = await openPage(browser, { baseURL: product.baseURL, viewport: { width: 320, height: 640 } });
  await eachPlace(page, async (place) => {
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(beyond, place).toBeLessThanOrEqual(0);
  });
});

it('long German words stand beside their switches, and what is known of a phone is said in German', async () => {
  const { page } = await openPage(browser, {
    baseURL: product.baseURL,
    viewport: { width: 320, height: 640 },
    locale: 'de-DE',
  });
  await page.goto('/login');
  await page.getByLabel('Passwort').fill(password);
  await page.getByRole('button', { name: 'Anmelden' }).click();
  await page.locator('q-device-card').getByRole('link').first().click();
  await page.getByText(/Zuletzt bei Quell nach einem Namen gefragt: /).waitFor();
  const overlapping = await page.locator('q-purpose-switch').evaluateAll((switches) =>
    switches.flatMap(({ shadowRoot }) => {
      const words = shadowRoot!.querySelector('q-purpose')!.shadowRoot!.querySelector('span:last-child')!;
      const [title, button] = [words, shadowRoot!.querySelector('[role=switch]')!].map((each) =>
        each.getBoundingClientRect(),
      );
      return title.right > button.left && title.bottom > button.top ? [words.textContent] : [];
    }),
  );
  expect(await page.locator('q-purpose-switch').count()).toBeGreaterThan(10);
  expect(overlapping).toEqual([]);
});

it('the first view is at most 100 KB compressed and asks nobody else', async () => {
  const { page, complaints } = await openPage(browser, { baseURL: product.baseURL });
  const assets = new Map<string, Promise<Buffer>>();
  const hosts = new Set<string>();
  page.on('response', (response) => {
    const address = new URL(response.url());
    hosts.add(address.origin);
    if (!address.pathname.startsWith('/api/')) assets.set(address.pathname, response.body());
  });
  await logIn(page, password);
  await page.locator('q-device-card').first().waitFor();
  const bodies = await Promise.all(assets.values());
  const total = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
  expect(assets.size).toBeGreaterThan(3);
  expect(total).toBeLessThanOrEqual(100_000);
  expect([...hosts]).toEqual([product.baseURL]);
  expect(complaints).toEqual([]);
});

it('who is not logged in sees the way in and no phone of the household', async () => {
  const { page } = await openPage(browser, { baseURL: product.baseURL });
  await page.goto('/phones');
  await page.getByText(/^Log in/).waitFor();
  expect(await page.locator('q-device-card').count()).toBe(0);
  expect(await page.getByText('127.0.0.41').count()).toBe(0);
});

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RedisServer } from '../contract/redis-servers.ts';
import { logIn, openBrowser, openPage, violations } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

const password = 'correct horse battery';
const usage = 'data.mistat.xiaomi.com';

let redis: RedisServer;
let kitchen: Product;
let attic: Product;
let browser: Browser;
let page: Page;
let other: Page;
let complaints: string[];

beforeAll(async () => {
  redis = await RedisServer.create('--appendonly', 'yes');
  const start = (name: string) =>
    startProduct({ password, env: { QUELL_STORE: `redis://127.0.0.1:${redis.port}`, QUELL_NODE_NAME: name } });
  kitchen = await start('kitchen');
  [attic, browser] = await Promise.all([start('attic'), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([kitchen?.stop(), attic?.stop()]);
  await redis?.stop();
});

beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, { baseURL: kitchen.baseURL, reducedMotion: 'reduce' }));
  ({ page: other } = await openPage(browser, { baseURL: attic.baseURL, reducedMotion: 'reduce' }));
  for (const each of [page, other]) await logIn(each, password);
});

afterEach(async () => {
  for (const each of [page, other]) await each.context().close();
});

const privacyOn = async (each: Page) => {
  await each.goto('/settings');
  await each.getByText('Privacy', { exact: true }).click();
  return each.getByLabel('Keep full logging (hours)');
};

it('the page says which resolvers there are and how they are', async () => {
  await page.goto('/settings');
  await page.getByText('Resolvers', { exact: true }).click();
  const resolvers = page.locator('q-resolvers').getByRole('listitem');
  const words = async () => (await resolvers.allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim());
  // One that has just started says that it answers a moment later than that it is there.
  await expect
    .poll(words, { timeout: 15_000 })
    .toEqual(['kitchen answers The one you are looking at.', 'attic answers']);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

it('what one person changed while another looked is not overwritten unseen', async () => {
  const [here, there] = [await privacyOn(page), await privacyOn(other)];
  expect([await here.inputValue(), await there.inputValue()]).toEqual(['24', '24']);
  await here.fill('12');
  await here.blur();
  await page.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  await there.fill('48');
  await there.blur();
  await other.getByText('Somebody changed this since you looked at it; look again and repeat your change.').waitFor();
  await expect.poll(() => there.inputValue()).toBe('12');
  await there.fill('48');
  await there.blur();
  await other.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
  expect(await (await privacyOn(page)).inputValue()).toBe('48');
});

it('while Redis is gone every resolver answers, and its page says that nothing can be changed', async () => {
  await redis.kill();
  for (const [each, product] of [
    [page, kitchen],
    [other, attic],
  ] as const) {
    await each.goto('/');
    await each.getByText('nothing can be changed or recorded now').first().waitFor();
    await each.getByText(/^Redis at 127\.0\.0\.1:\d+ does not answer; start it or set QUELL_STORE=sqlite\.$/).waitFor();
    expect(await violations(each)).toEqual([]);
    const setting = await privacyOn(each);
    await setting.fill('5');
    await setting.blur();
    await each
      .getByText(/does not answer; start it/)
      .first()
      .waitFor();
    expect(await product.ask('127.0.0.61', usage)).toEqual([]);
    expect(await product.ask('127.0.0.61', 'example.org')).toEqual(['192.0.2.7']);
  }
  await redis.start();
  for (const each of [page, other]) {
    await each.goto('/');
    await each.getByText('does not answer').waitFor({ state: 'detached', timeout: 15_000 });
    expect(await (await privacyOn(each)).inputValue()).toBe('48');
  }
});

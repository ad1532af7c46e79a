import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { logIn, openBrowser, openPage, violations } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

const password = 'correct horse battery';
const usage = 'data.mistat.xiaomi.com';
const redmi = '127.0.0.61';
const newcomer = '127.0.0.62';
const passes = ['192.0.2.7'];
const blocked: string[] = [];

let product: Product;
let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ password }), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

beforeEach(async () => {
  ({ page, complaints } = await openPage(browser, { baseURL: product.baseURL, reducedMotion: 'reduce' }));
  await logIn(page, password);
});

afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

const told = (words: string) => page.getByRole('status').filter({ hasText: words }).waitFor();

it('a wish opens what it needs on one phone for a while, and ends at once when it is ended', async () => {
  expect(await product.ask(redmi, usage)).toEqual(blocked);
  await page.locator('q-device-card').filter({ hasText: redmi }).getByRole('link').click();
  await page
    .locator('q-recipes')
    .getByText(/And \d+ more/)
    .click();
  const wish = page.getByRole('listitem').filter({ hasText: 'Check for system-app updates' });
  await wish.getByRole('button', { name: '30 min' }).click();
  await told('Check for system-app updates: open');
  expect(await product.ask(redmi, usage)).toEqual(passes);
  expect(await wish.getByRole('timer').textContent()).toMatch(/^(30:00|29:\d\d)$/);
  expect(await violations(page)).toEqual([]);

  await wish.getByRole('button', { name: 'End now' }).click();
  await told('Check for system-app updates: ended');
  expect(await product.ask(redmi, usage)).toEqual(blocked);
});

it('a device that is held waits on the start page, and goes on as soon as somebody decides', async () => {
  await page.goto('/settings');
  await page.getByText('Protection', { exact: true }).click();
  await page.getByLabel('A new phone').selectOption('hold');
  await told('Saved');
  expect(await product.ask(newcomer, 'example.org')).toEqual(blocked);

  await page.goto('/');
  const waiting = page.locator('q-waiting').filter({ hasText: newcomer });
  await waiting.waitFor();
  expect(await violations(page)).toEqual([]);
  await waiting.getByRole('button', { name: 'Balanced' }).click();
  await told('is on Balanced now');
  await waiting.waitFor({ state: 'detached' });
  expect(await product.ask(newcomer, 'example.org')).toEqual(passes);
  expect(await product.ask(newcomer, usage)).toEqual(blocked);
});

/** A list decides as soon as the rule-set with it is made, a moment after its version is taken over. */
it('a list says what is odd about it, holds back what would break phones, and can be told to go on', async () => {
  const tracker = 'tracker.example';
  const needed = 'connectivitycheck.gstatic.com';
  await product.writeList('mine.txt', [tracker, 'other.example', 'third.example', 'not a name!']);
  await page.goto('/packs');
  await page.getByLabel('Add a list').fill('file:mine.txt');
  await page.getByRole('button', { name: 'Look at it first' }).click();
  await page.getByRole('button', { name: 'Add this list' }).click();
  await told('The list is added');
  const list = page.locator('q-list').filter({ hasText: 'mine.txt' });
  await list.getByText('Up to date').waitFor();
  await expect.poll(() => product.ask(redmi, tracker)).toEqual(blocked);
  await list.getByText('1 line not understood').click();
  await list.getByText(/^Line 4: /).waitFor();

  await product.writeList('mine.txt', [tracker, 'other.example', 'late.example', needed]);
  await list.getByRole('button', { name: 'Update' }).click();
  await list.getByText('A new version waits for you').waitFor();
  await list.getByText(/without which phones don’t work/).waitFor();
  expect(await product.ask(redmi, 'late.example')).toEqual(passes);
  expect(await violations(page)).toEqual([]);

  await list.getByRole('button', { name: 'Use it anyway' }).click();
  await told('the new version is used');
  await expect.poll(() => product.ask(redmi, 'late.example')).toEqual(blocked);
  expect(await product.ask(redmi, needed)).toEqual(passes);
  await list.getByText('1 name that phones need stays protected from it').waitFor();

  await list.getByText('Address and earlier versions').click();
  await list.getByRole('button', { name: 'Go back to this one' }).click();
  await told('mine.txt: the version of');
  await expect.poll(() => product.ask(redmi, 'late.example')).toEqual(passes);
});

it('a list worth having is offered with what to know about it, and added with one tap', async () => {
  await page.goto('/packs');
  const known = page.locator('q-catalog').getByRole('listitem').filter({ hasText: 'HaGeZi Xiaomi tracker' });
  await known.getByText('Wants to block sign-in').waitFor();
  await known.getByRole('button', { name: 'Add' }).click();
  await told('HaGeZi Xiaomi tracker is added');
  await known.getByText('Added').waitFor();
  await page.locator('q-list').filter({ hasText: 'HaGeZi Xiaomi tracker' }).waitFor();
});

it('settings tell what helps to tell phones apart', async () => {
  await page.goto('/settings');
  await page.getByText('Telling phones apart').click();
  expect(await page.locator('q-sources').getByRole('listitem').count()).toBeGreaterThan(1);
  expect(await violations(page)).toEqual([]);
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openPage, violations } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

/** The browser's own address: to the product, it is a phone like any other. */
const own = '127.0.0.1';
const other = '127.0.0.51';
const usage = 'data.mistat.xiaomi.com';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct({ password: 'correct horse battery' }), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

it('a member of the household sees only the phone in hand, and may pause it for a while', async () => {
  expect(await product.ask(own, usage)).toEqual([]);
  expect(await product.ask(other, usage)).toEqual([]);
  const { page, complaints } = await openPage(browser, { baseURL: product.baseURL });
  await page.goto('/phones');
  await page.getByRole('heading', { name: 'What is blocked here' }).waitFor();
  expect(await page.getByText(other).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Until tomorrow' }).count()).toBe(0);
  expect(await page.getByRole('switch', { name: 'Block System usage' }).isDisabled()).toBe(true);
  expect(await violations(page)).toEqual([]);

  await page.getByRole('button', { name: '10 minutes' }).click();
  await page.getByRole('status').filter({ hasText: 'paused for 10 minutes' }).waitFor();
  expect(await product.ask(own, usage)).toEqual(['192.0.2.7']);
  expect(await product.ask(other, usage)).toEqual([]);
  await page.getByRole('button', { name: 'End now' }).click();
  await page.getByRole('status').filter({ hasText: 'protected again' }).waitFor();
  expect(await product.ask(own, usage)).toEqual([]);
  expect(complaints).toEqual([]);
});

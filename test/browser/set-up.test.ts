import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser, openPage } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

let product: Product;
let browser: Browser;

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

it('leads from the printed link to the first phone, and lets nobody in by the same link again', async () => {
  const { page, complaints } = await openPage(browser, { baseURL: product.baseURL });
  await page.goto('/');
  await page.getByText('Open the set-up link').waitFor();

  await page.goto(product.setUpLink!);
  await page.getByLabel('Password', { exact: true }).fill('three plain words');
  await page.getByLabel('Once more').fill('three plain word');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('The two passwords differ.').waitFor();
  await page.getByLabel('Once more').fill('three plain words');
  await page.getByRole('button', { name: 'Go on' }).click();

  await page.getByRole('heading', { name: 'Waiting for the first phone' }).waitFor();
  await product.ask('127.0.0.31', 'data.mistat.xiaomi.com');
  await page.getByText('127.0.0.31').first().waitFor({ timeout: 6000 });
  await page.getByRole('link', { name: 'Done' }).click();
  await page.locator('q-device-card').first().waitFor();
  expect(complaints).toEqual([]);

  const stranger = await openPage(browser, { baseURL: product.baseURL });
  await stranger.page.goto(product.setUpLink!);
  await stranger.page.getByText('This link has been used').waitFor();
});

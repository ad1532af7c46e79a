import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CuttingProxy } from '../contract/cutting-proxy.ts';
import { logIn, openBrowser, openPage } from './chromium.ts';
import { type Product, startProduct } from './product.ts';

const password = 'correct horse battery';
const usage = 'data.mistat.xiaomi.com';
const redmi = '127.0.0.21';
const other = '127.0.0.22';

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
  ({ page, complaints } = await openPage(browser, { baseURL: product.baseURL }));
  await logIn(page, password);
});

afterEach(async () => {
  await page.context().close();
  expect(complaints).toEqual([]);
});

describe('answers come late, or not at all', () => {
  it('an answer of the log that comes too late does not take the place of what was asked for since', async () => {
    const name = 'tracking.miui.com';
    await Promise.all([product.ask(other, name), product.ask(redmi, usage)]);
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await page.route(/\/attempts\?(?!.*domain=)/, async (route) => {
      const response = await route.fetch();
      await held.promise;
      await route.fulfill({ response });
      arrived.resolve();
    });
    await page.goto('/activity');
    await page.getByPlaceholder(/Name, or/).fill(name);
    const wanted = page.waitForResponse(/\/attempts\?domain=/);
    await page.keyboard.press('Enter');
    await (await wanted).finished();
    await page.locator('q-fold').filter({ hasText: name }).first().waitFor();
    const everything = page.waitForResponse((response) => /\/attempts\?(?!.*domain=)/.test(response.url()));
    held.resolve();
    await Promise.all([arrived.promise, everything.then((response) => response.finished())]);
    // Whatever the page does with it is done before it is asked this.
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await page.locator('q-fold').filter({ hasText: usage }).count()).toBe(0);
    expect(await page.locator('q-fold').filter({ hasText: name }).count()).toBeGreaterThan(0);
  });

  it('an older page that comes too late is not put behind what was asked for since', async () => {
    const name = 'tracking.miui.com';
    await Promise.all([product.ask(other, name), product.ask(redmi, usage)]);
    // A page of the log holds more attempts than phones make in this test.
    await page.route(/\/attempts\?(?!.*domain=)(?!.*cursor=)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), next: '0' } });
    });
    const held = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await page.route(/\/attempts\?.*cursor=/, async (route) => {
      asked.resolve();
      await held.promise;
      const at = new Date().toISOString();
      const old = { at, device: 'd_1', domain: usage, qtype: 'A', outcome: 'blocked', reason: 'purpose', count: 1 };
      await route.fulfill({ json: { attempts: [old] } });
    });
    await page.goto('/activity');
    await page.getByRole('button', { name: 'Show older' }).click();
    await asked.promise;
    await page.getByPlaceholder(/Name, or/).fill(name);
    await page.keyboard.press('Enter');
    await page.locator('q-fold').filter({ hasText: usage }).first().waitFor({ state: 'detached' });
    await page.locator('q-fold').filter({ hasText: name }).first().waitFor();
    const older = page.waitForResponse(/\/attempts\?.*cursor=/);
    held.resolve();
    await (await older).finished();
    // Whatever the page does with it is done before it is asked this.
    await page.evaluate(() => new Promise(requestAnimationFrame));
    expect(await page.locator('q-fold').filter({ hasText: usage }).count()).toBe(0);
  });

  it('an older page that can’t be had is said, and can be asked for again', async () => {
    await product.ask(redmi, usage);
    await page.route(/\/attempts\?(?!.*cursor=)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), next: '0' } });
    });
    await page.route(/\/attempts\?.*cursor=/, (route) => route.abort());
    await page.goto('/activity');
    const older = page.getByRole('button', { name: 'Show older' });
    await older.click();
    await page.locator('q-toasts').getByText('can’t reach Quell').waitFor();
    await page.locator('q-toasts').getByRole('button', { name: 'Close' }).click();
    await older.click();
  });

  it('a stream that a proxy refused is opened again, and what happened meanwhile is there', async () => {
    let refusals = 0;
    await page.route('**/attempts/stream', (route) => {
      refusals++;
      return route.fulfill({ status: 502, body: 'Bad Gateway' });
    });
    await page.goto('/activity');
    await page.getByRole('status').filter({ hasText: 'Not live' }).waitFor();
    const name = 'sdkconfig.ad.intl.xiaomi.com';
    await product.ask(redmi, name);
    await page.unroute('**/attempts/stream');
    await page.locator('q-live').getByText('Live', { exact: true }).waitFor();
    await page.locator('q-fold').filter({ hasText: name }).first().waitFor();
    expect(refusals).toBeGreaterThan(0);
    const after = 'api.ad.xiaomi.com';
    await product.ask(redmi, after);
    await page.locator('q-fold').filter({ hasText: after }).first().waitFor();
  });
});

describe('Quell is away for a while', () => {
  it('every page opens, also one that was never opened before, and reads what it could not when Quell is back', async () => {
    await page.context().close();
    const proxy = await CuttingProxy.to(Number(new URL(product.baseURL).port));
    ({ page, complaints } = await openPage(browser, { baseURL: `http://127.0.0.1:${proxy.port}` }));
    await logIn(page, password);
    await product.ask(redmi, usage);
    await page.waitForFunction(() => {
      const loaded = performance.getEntriesByType('resource').map(({ name }) => name);
      return ['activity', 'packs', 'settings'].every((each) => loaded.some((name) => name.includes(`q-page-${each}`)));
    });
    proxy.goAway();
    const open = async (place: string, heading: string | RegExp) => {
      await page.getByRole('link', { name: place, exact: true }).click();
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    };
    await open('Lists', 'Packs and lists');
    await open('Settings', 'Settings');
    await open('Phones', /at home/);
    await page.getByRole('main').getByRole('link').first().click();
    await page.getByRole('button', { name: 'Something broke' }).waitFor();
    await page.getByRole('alert').filter({ hasText: 'can’t reach Quell' }).waitFor();
    await open('Activity', 'Activity');
    await page.getByRole('alert').filter({ hasText: 'can’t reach Quell' }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Not live' }).waitFor();
    proxy.comeBack();
    await page.locator('q-fold').filter({ hasText: usage }).first().waitFor();
    await page
      .getByRole('status')
      .filter({ hasText: /^\s*Live\s*$/ })
      .waitFor();
    proxy.stop();
  });

  it('a part of the page that could not be had is there when Quell is back', async () => {
    await page.context().close();
    ({ page, complaints } = await openPage(browser, { baseURL: product.baseURL }));
    await page.route('**/q-page-activity*', (route) => route.abort());
    await logIn(page, password);
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await page.getByRole('heading', { name: 'Quell is out of reach' }).waitFor();
    await page.unroute('**/q-page-activity*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { name: 'Activity' }).waitFor();
  });
});

describe('the login ends under an open page', () => {
  it('the way in is shown, and leads back to where the reader was', async () => {
    await product.ask(redmi, usage);
    await page.goto('/activity');
    await page.locator('q-fold').getByRole('button', { name: usage, exact: true }).first().click();
    await page.getByRole('dialog').waitFor();
    await page.context().clearCookies();
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor();
    await page.locator('q-fold').filter({ hasText: usage }).first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

/** /docs in a real browser: it shows the calls, breaks no content security policy and asks nobody else. */
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../ui/browser';
import { makeWorld, type World } from './world';

let world: World;
let browser: Browser;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  browser = await openBrowser();
}, 180_000);
afterAll(async () => {
  await browser.close();
  await world.close();
}, 60_000);

test('the page of the API', async () => {
  const { page, watch } = await openPage(browser, { appUrl: world.url });
  await page.goto(`${world.url}/docs`);
  await page.getByRole('heading', { name: /Loanstone/ }).waitFor();
  // The calls of each subject are folded: drawn all at once they held the page for seconds.
  await page.getByRole('link', { name: 'pool', exact: true }).click();
  await page.getByText('Move available FIL into a pool').first().click();
  await page.getByText('Idempotency-Key').first().waitFor();
  expect(watch.errors).toEqual([]);
  expect(watch.foreign).toEqual([]);
  await page.context().close();
}, 120_000);

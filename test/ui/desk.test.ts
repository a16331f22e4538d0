/** The desk with something of everything, in a real Chromium: what waits, lanes, the way of an escrow, reorgs, splits. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { loginsOf } from '../../bin/demo/logins';
import type { Staff } from '../../bin/demo/play';
import { makeKnex } from '../../db/knex';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { SCENE } from '../support/desk';
import { paintDesk } from '../support/desk-scene';
import { openBrowser, openPage, violations, type Watch } from './browser';
import * as office from './pages';

jest.setTimeout(600_000);

let folder: string;
let stack: Stack;
let browser: Browser;
let appUrl: string;
let hot: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanstone-desk-'));
  [stack, browser] = await Promise.all([
    startStack({ dataFolder: folder, progress: silentProgress }),
    openBrowser(),
  ]);
  appUrl = stack.info().urls.app;
  const owner = makeKnex(stack.info().database.owner, { poolMax: 1 });
  ({ hot } = await paintDesk(owner));
  await owner.destroy();
});

afterAll(async () => {
  await Promise.allSettled([browser.close(), stack.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(
  role: keyof Staff,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; watch: Watch }> {
  const login = loginsOf(stack.info().logins)[role];
  const opened = await openPage(browser, { appUrl, colorScheme });
  await office.signIn(opened.page, appUrl, login);
  return opened;
}

async function attributes(found: Locator, name: string): Promise<string[]> {
  const all = await found.all();
  return Promise.all(all.map(async (each) => (await each.getAttribute(name)) ?? ''));
}

const clean = async (page: Page, watch: Watch): Promise<void> => {
  expect(await violations(page)).toEqual([]);
  expect(watch).toEqual({ errors: [], foreign: [] });
};

test('home leads from each count to the filtered list, which can be shown whole again', async () => {
  const { page, watch } = await signedIn('admin');
  await clean(page, watch);
  const tile = (key: string) => page.locator(`[data-tile="${key}"]`);
  expect(await tile('loansOverdue').innerText()).toMatch(/1\s+oldest:/);
  expect(await tile('depositsReorged').innerText()).toMatch(/1\s+oldest:/);
  await tile('sendersFrozen').click();
  await office.settled(page, 'Senders');
  await page.getByText('A foreign message used nonce 1.').waitFor();
  expect(await page.locator('[data-sender]').count()).toBe(1);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.locator(`[data-sender="${hot}"]`).waitFor();
});

test('a lane shows what landed, what hangs and what waits behind it; the same stands in a table', async () => {
  const { page, watch } = await signedIn('auditor');
  await office.open(page, `/senders/${hot}/show`, 'Hot wallet');
  const stands = await attributes(page.locator('[data-nonce]'), 'data-stand');
  expect(stands.slice(-6)).toEqual(['landed', 'landed', 'failed', 'included', 'stuck', 'behind']);
  const hanging = page.locator('[data-stand="stuck"]');
  expect(await page.getByRole('link', { name: /^Nonce \d+ Disburse hangs ?, 4 attempts$/ }).count()).toBe(1);
  await clean(page, watch);
  const table = page.getByRole('table', { name: /^Nonces of/ });
  expect(await table.getByText('waits behind an earlier one').count()).toBe(1);
  await hanging.focus();
  await page.keyboard.press('Enter');
  await office.settled(page, 'Disburse');
  await page.getByText('The fee is at its limit and nothing lands.').waitFor();
});

test('the way of an escrow is drawn as it was travelled, and reads as a table', async () => {
  const { page, watch } = await signedIn('auditor');
  await office.openLoan(page, SCENE.returned);
  const travelled = await attributes(page.locator('[data-travelled="true"]'), 'data-edge');
  expect(travelled.sort()).toEqual([
    'approved>escrow_offered',
    'escrow_confirmed>returning',
    'escrow_offered>escrow_proposed',
    'escrow_proposed>escrow_confirmed',
  ]);
  expect(await page.locator('[data-stand="now"]').getAttribute('data-place')).toBe('returning');
  await clean(page, watch);
  await page.getByRole('button', { name: 'Show as table' }).click();
  await page.getByRole('table', { name: 'The way of the owner role' }).waitFor();
  await clean(page, watch);
});

test('an arrival shows its confirmations, and the mark of a reorg', async () => {
  const { page, watch } = await signedIn('auditor');
  await office.open(page, '/deposits', 'Deposits');
  await page.getByText('Lost in a reorg').waitFor();
  expect(await page.getByText('After a reorg').count()).toBe(1);
  await clean(page, watch);
  await office.openRow(page, 'Lost in a reorg', /^Arrival at/);
  await page.getByRole('list', { name: 'The way of this arrival' }).getByText('Lost in a reorg').waitFor();
  await clean(page, watch);
});

test('a payment shows what it paid', async () => {
  const { page, watch } = await signedIn('auditor');
  await office.open(page, '/repayments', 'Repayments');
  await clean(page, watch);
  await office.openRow(page, 'Direct', /^Payment on loan/);
  const table = page.getByRole('table', { name: 'What the payment paid' });
  expect(await table.getByRole('row').count()).toBe(4);
  await clean(page, watch);
});

test.each(['light', 'dark'] as const)('no screen of the desk is wider than a phone, %s', async (scheme) => {
  const login = loginsOf(stack.info().logins).admin;
  const { page, watch } = await openPage(browser, { appUrl, colorScheme: scheme });
  // Before anything is drawn, as on a phone: a window made smaller later has its menu open over the page.
  await page.setViewportSize({ width: 390, height: 844 });
  await office.signIn(page, appUrl, login);
  const screens = [
    ['/', 'Home'],
    ['/senders', 'Senders'],
    ['/sweeps', 'Sweeps'],
    ['/repayments', 'Repayments'],
    ['/deposits', 'Deposits'],
    ['/findings', 'Findings'],
    ['/reconciliations', 'Reconciliation'],
    [`/loans/${SCENE.overdue}/show`, /^Loan #/],
  ] as const;
  for (const [path, title] of screens) {
    await office.open(page, path, title);
    const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    expect([path, Math.max(0, beyond)]).toEqual([path, 0]);
    // The bar stands still above the page: what is beyond its edge cannot be scrolled to.
    const bar = await page.getByRole('banner').locator('a, button').all();
    const edges = await Promise.all(bar.map((one) => one.boundingBox()));
    expect(edges.length).toBeGreaterThanOrEqual(4);
    expect([path, edges.filter((box) => box === null || box.x + box.width > 390)]).toEqual([path, []]);
    expect([path, await violations(page)]).toEqual([path, []]);
  }
  expect(watch).toEqual({ errors: [], foreign: [] });
});

/** Opens the approval that waits, decides on it, and comes back. */
async function decides(page: Page, back: string, title: string | RegExp, accept: boolean): Promise<void> {
  await office.open(page, back, title);
  await page.getByRole('link', { name: 'Waits for a second person' }).click();
  await office.settled(page, /^A (?:finding|frozen sender)/);
  await (accept ? office.acceptApproval : office.refuseApproval)(page, 'Looked at it too');
  await office.open(page, back, title);
}

test('a finding is dealt with, and a sender stays frozen, by the word of a second person', async () => {
  const maker = await signedIn('maker');
  const checker = await signedIn('checker');
  const sender = `/senders/${SCENE.frozen}/show`;

  await office.open(maker.page, '/findings', 'Findings');
  expect(await maker.page.locator('[aria-label^="epoch "][aria-label$=" UTC"]').count()).toBe(1);
  await clean(maker.page, maker.watch);
  await office.confirm(maker.page, 'Ask to resolve', 'It was a gift');
  await maker.page.getByRole('link', { name: 'Waits for a second person' }).waitFor();
  await decides(checker.page, '/findings', 'Findings', true);
  await checker.page.getByText('It was a gift').waitFor();
  await clean(checker.page, checker.watch);

  await office.open(maker.page, sender, 'Escrow address');
  await office.confirm(maker.page, 'Ask to unfreeze', 'The key is ours alone again');
  await maker.page.getByRole('link', { name: 'Waits for a second person' }).waitFor();
  await clean(maker.page, maker.watch);
  await decides(checker.page, sender, 'Escrow address', false);
  await maker.page.getByRole('button', { name: 'Ask to unfreeze' }).waitFor();
  expect(await checker.page.getByRole('button', { name: 'Ask to unfreeze' }).count()).toBe(0);
});

/**
 * The back office in a real Chromium on a real stack: people sign in, ask, decide and read; every screen is drawn
 * without an error, without a request to a foreign host, and without a serious finding of axe-core.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { buildAdminUi } from '../../stack/admin-ui';
import { loginsOf } from '../../bin/demo/logins';
import type { Staff } from '../../bin/demo/play';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { apply } from './applicant';
import { openBrowser, openPage, violations, type Watch } from './browser';
import * as office from './pages';
import { SCREENS } from './screens';

jest.setTimeout(300_000);

const TREASURY = 'f1abjxfbp274xpdqcpuaykwkfb43omjotacm2p3za';

/** One of each build of page: the colours are the same everywhere. */
const DARK_TOO = [
  '/',
  '/approvals',
  '/pools/flexible/show',
  '/trial-balance',
  '/workflows/chain-watch/show',
  '/schedules',
];

let folder: string;
let stack: Stack;
let browser: Browser;
let appUrl: string;

function loginOf(role: keyof Staff): office.Login {
  return loginsOf(stack.info().logins)[role];
}

async function signedIn(
  role: keyof Staff,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<{ page: Page; watch: Watch }> {
  const opened = await openPage(browser, { appUrl, colorScheme });
  await office.signIn(opened.page, appUrl, loginOf(role));
  return opened;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanstone-ui-'));
  [stack, browser] = await Promise.all([
    startStack({ dataFolder: folder, progress: silentProgress }),
    openBrowser(),
  ]);
  appUrl = stack.info().urls.app;
});

afterAll(async () => {
  await Promise.allSettled([browser.close(), stack.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

test('a wrong password is refused with its code; the right one leads home and out again', async () => {
  const { page, watch } = await openPage(browser, { appUrl });
  await page.goto(`${appUrl}/`);
  await page.getByLabel('Email').fill(loginOf('checker').email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page
    .getByRole('alert')
    .getByText(/credentials-wrong · request /)
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await office.signIn(page, appUrl, loginOf('checker'));
  await office.signOut(page);
  await page.goto(`${appUrl}/#/journals`);
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
  expect(watch).toEqual({ errors: [], foreign: [] });
});

test('who announced a top-up cannot approve it; a checker does, by keyboard alone', async () => {
  const treasurer = await signedIn('treasurer');
  await office.announceTopUp(treasurer.page, '12.5', TREASURY);
  await office.openApprovals(treasurer.page);
  await office.openRow(treasurer.page, '12.5', 'Treasury top-up of 12.5 FIL');
  await treasurer.page.getByText('You asked for this yourself').waitFor();
  expect(await treasurer.page.getByRole('button', { name: 'Accept' }).isDisabled()).toBe(true);
  expect(await violations(treasurer.page)).toEqual([]);

  const { page, watch } = await signedIn('checker');
  await page.goto(treasurer.page.url());
  await office.settled(page, 'Treasury top-up of 12.5 FIL');
  await page.getByRole('button', { name: 'Accept' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByLabel('Reason').waitFor();
  expect(await violations(page)).toEqual([]);
  // The reason has the focus; then Cancel, then Accept. Enter in the reason sends nothing.
  await page.keyboard.type('Agreed with the treasury plan');
  await page.keyboard.press('Tab');
  await page.locator('button:focus').getByText('Cancel').waitFor();
  await page.keyboard.press('Tab');
  await page.locator('button:focus').getByText('Accept').waitFor();
  await page.keyboard.press('Enter');
  await office.state(page, 'accepted').waitFor();
  await page.getByRole('cell', { name: 'Agreed with the treasury plan' }).waitFor();
  expect(watch).toEqual({ errors: [], foreign: [] });
});

test('an application is refused with a reason, which is asked for', async () => {
  await apply(appUrl, 'cleo@example.test', 'Cleo Newcomer');
  const { page, watch } = await signedIn('checker');
  await office.openApprovals(page);
  await office.openRow(page, 'Opening an account', /^Opening an account/);
  await page.getByText('Cleo Newcomer').waitFor();
  await page.getByRole('button', { name: 'Refuse' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Refuse' }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await office.refuseApproval(page, 'The document is unreadable');

  // A record is never drawn from its row in a list, which lacks what only the record has.
  await office.open(page, '/customers', 'Customers');
  await office.openRow(page, 'cleo@example.test', 'cleo@example.test');
  expect(await page.getByText('Cleo Newcomer').count()).toBe(1);
  expect(watch).toEqual({ errors: [], foreign: [] });
});

test('a workflow reads as a story, and its raw history can be taken along', async () => {
  const { page } = await signedIn('auditor');
  await office.open(page, '/top-ups', 'Top-ups');
  await office.openRow(page, '12.5', /^Top-up /);
  await page.getByRole('link', { name: 'its story' }).click();
  await office.settled(page, /^top-up\//);
  expect((await office.storyOf(page)).length).toBeGreaterThan(2);
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Raw history', exact: true }).click();
  const history = JSON.parse(readFileSync(await (await downloading).path(), 'utf8')) as { events: unknown[] };
  expect(history.events.length).toBeGreaterThan(5);
});

test('an auditor reads all and is offered nothing to change', async () => {
  const { page } = await signedIn('auditor');
  const commands = /^(?:Accept|Refuse|Pause|Resume|Run now|Reconcile now|Announce a top-up)$/;
  for (const [path, title] of SCREENS) {
    await office.open(page, path, title);
    expect([path, await page.getByRole('button', { name: commands }).count()]).toEqual([path, 0]);
  }
});

test.each([
  ['light', SCREENS],
  ['dark', SCREENS.filter(([path]) => DARK_TOO.includes(path))],
] as const)('every screen stands the checks, %s', async (scheme, screens) => {
  const { page, watch } = await signedIn('admin', scheme);
  expect(screens.length).toBeGreaterThan(5);
  for (const [path, title] of screens) {
    await office.open(page, path, title);
    expect([path, await page.getByRole('alert').allInnerTexts()]).toEqual([path, []]);
    expect([path, await violations(page)]).toEqual([path, []]);
  }
  expect(watch).toEqual({ errors: [], foreign: [] });
});

test('the first load is at most 350 KB of JavaScript, gzip', async () => {
  const script = join(__dirname, '..', '..', 'admin-ui', 'bin', 'size.mjs');
  const { firstLoadGzipKb } = JSON.parse(
    execFileSync(process.execPath, [script, await buildAdminUi()], { encoding: 'utf8' }),
  ) as {
    firstLoadGzipKb: number;
  };
  expect(firstLoadGzipKb).toBeGreaterThan(50);
  expect(firstLoadGzipKb).toBeLessThanOrEqual(350);
});

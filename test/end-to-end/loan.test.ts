import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { textOf } from '../../bin/demo/http';
import { loginsOf } from '../../bin/demo/logins';
import type { Decide, Staff } from '../../bin/demo/play';
import { runDemo, type DemoResult } from '../../bin/demo/run';
import { silentProgress } from '../../stack/progress';
import type { StackInfo } from '../../stack/info';
import { openBrowser, openPage, type Watch } from '../ui/browser';
import {
  acceptApproval,
  openApproval,
  openLoan,
  openWorkflow,
  signIn,
  storyOf,
  waitForLoan,
} from '../ui/pages';

const LONG_MS = 15 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'loanstone-e2e-'));

let browser: Browser;
let seen: { page: Page; watch: Watch; loanId: string };
let info: StackInfo;
let result: DemoResult;

/** The checker approves in the back office and keeps the loan's page open to watch. */
const decideInBrowser =
  (baseUrl: string, staff: Staff): Decide =>
  async (approvalId, _verdict, reason) => {
    const { checker } = loginsOf(info.logins);
    const { page, watch } = await openPage(browser, { appUrl: baseUrl });
    await signIn(page, baseUrl, checker);
    await openApproval(page, approvalId);
    await acceptApproval(page, reason);
    const approval = await staff.auditor.get(`/admin/v1/approvals/${approvalId}`);
    const loanId = textOf(approval['subjectId']);
    await openLoan(page, loanId);
    seen = { page, watch, loanId };
  };

beforeAll(async () => {
  browser = await openBrowser();
  result = await runDemo({
    chain: undefined,
    data: folder,
    quiet: true,
    progress: silentProgress,
    decideLoan: decideInBrowser,
    onUp: (stack) => {
      info = stack.info();
    },
    signal: new AbortController().signal,
  });
}, LONG_MS);

afterAll(async () => {
  await browser.close();
  await result.stop();
}, 60_000);

test('every check of the demo holds, on a devnet without control whose epochs advance by themselves', () => {
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(result.checks.length).toBeGreaterThan(40);
  const paid = (result.notes['queue.requests'] as { state: string }[]).map(({ state }) => state);
  expect(paid).toEqual(['paid', 'paid', 'paid', 'paid']);
});

test('the loan that was approved in the browser is followed there to the owner return', async () => {
  const { page, watch, loanId } = seen;
  await waitForLoan(page, 'closed', 30_000);
  await page.screenshot({ path: join(folder, 'loan.png'), fullPage: true });
  await openWorkflow(page, `loan/${loanId}`);
  const story = (await storyOf(page)).join('\n');
  for (const sentence of ['into escrow', 'Lend 59,350 FIL', 'as owner of']) expect(story).toContain(sentence);
  expect(watch.errors).toEqual([]);
  expect(watch.foreign).toEqual([]);
});

test('the keystore could be read by the signer alone', () => {
  const keystore = join(info.dataFolder, 'signer', 'keystore.json');
  expect(statSync(keystore).mode & 0o077).toBe(0);
  expect(statSync(join(info.dataFolder, 'signer')).mode & 0o077).toBe(0);
  const uidOf = (part: string): number => {
    const pid = info.processes.find(({ name }) => name === part)?.pid ?? 0;
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'))?.[1]);
  };
  if (process.getuid?.() !== 0) return;
  for (const part of ['api', 'worker']) {
    const uid = uidOf(part);
    expect(uid).not.toBe(0);
    const read = () => execFileSync('/bin/cat', [keystore], { uid, stdio: 'pipe' });
    expect(read).toThrow(/Permission denied/);
  }
});

/** A loan in two disbursements, steered in a real browser by a maker and a checker, on a whole product and a chain. */
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBank, type Bank } from '../../bin/bench/loan-bank';
import { openBoard, type Board } from '../../bin/bench/loan-board';
import { findFaults } from '../../bin/bench/loan-checks';
import { apply, changeOwner, LENT, prepare, prepareOwner, type Ready } from '../../bin/bench/loan-play';
import { fillPool, topUp } from '../../bin/bench/loan-pool';
import { openSite, type Site } from '../../bin/bench/loan-site';
import { textOf } from '../../bin/demo/http';
import { loginsOf } from '../../bin/demo/logins';
import type { Staff } from '../../bin/demo/play';
import { attoText, coins } from '../../domain/money';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { waitFor } from '../../stack/wait';
import { openBrowser, openPage, violations, type Watch } from '../ui/browser';
import { acceptApproval, disburseNext, openApproval, openLoan, signIn, waitForLoan } from '../ui/pages';

const LONG_MS = 10 * 60_000;
const folder = mkdtempSync(join(tmpdir(), 'loanstone-parts-'));
const CONDITION = 'half of the sectors are sealed';

interface Seat {
  readonly page: Page;
  readonly watch: Watch;
}

let stack: Stack;
let site: Site;
let bank: Bank;
let board: Board;
let browser: Browser;
let ready: Ready;
let maker: Seat;
let checker: Seat;
let loanId: string;

async function seatOf(role: keyof Staff): Promise<Seat> {
  const { logins, urls } = stack.info();
  const login = loginsOf(logins)[role];
  const seat = await openPage(browser, { appUrl: urls.app });
  await signIn(seat.page, urls.app, login);
  return seat;
}

beforeAll(async () => {
  chmodSync(folder, 0o711);
  const pace = { epochMs: 500, epochSeconds: 1, finality: 5 };
  stack = await startStack({ dataFolder: join(folder, 'data'), progress: silentProgress, pace });
  site = await openSite(stack.info());
  bank = await openBank(site, coins(1_000n));
  board = openBoard(site.owner);
  browser = await openBrowser();
  await topUp(site, bank, coins(30n));
  await fillPool(site, bank, LENT + coins(20n));
  ready = await prepare(site, await prepareOwner(site, bank), 0);
  [maker, checker] = [await seatOf('maker'), await seatOf('checker')];
}, LONG_MS);
afterAll(async () => {
  await browser.close();
  await board.close();
  await site.close();
  await stack.stop();
}, 120_000);

const shot = ({ page }: Seat, name: string) =>
  page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });

/** The approval that waits for the loan, opened by the checker and accepted. */
async function accept(words: RegExp): Promise<void> {
  const { approval } = await board.until(loanId, 'for its approval', (loan) => loan.approval !== null);
  await openApproval(checker.page, approval ?? '');
  await checker.page.getByText(words).first().waitFor();
  await acceptApproval(checker.page, 'Looked at it');
}

const loan = async () => {
  const [team] = site.staff;
  if (team === undefined) throw new Error('nobody is signed in');
  return team.auditor.get(`/admin/v1/loans/${loanId}`);
};

test('the maker parts the loan in the forward dialog; what does not add up cannot be sent', async () => {
  loanId = await apply(ready);
  const { page } = maker;
  await openLoan(page, loanId);
  await waitForLoan(page, 'preflight', LONG_MS);
  await page.getByRole('button', { name: 'Forward for approval', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Good miner');
  await dialog.getByRole('button', { name: 'Lend in parts' }).click();
  await dialog.getByLabel('Disbursement 1, FIL').fill('40');
  await dialog.getByLabel('Disbursement 2, FIL').fill('59');
  await dialog.getByLabel('Sent when').fill(CONDITION);
  await dialog.getByText('Together the disbursements are the amount of the loan').waitFor();
  const send = dialog.getByRole('button', { name: 'Forward for approval', exact: true });
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('Disbursement 2, FIL').fill('60');
  await dialog.getByLabel('A payment is split over').click();
  await page.getByRole('option', { name: 'fee, then interest, then principal, then penalty' }).click();
  await shot(maker, 'forward');
  expect(await violations(page)).toEqual([]);
  await send.click();
  await dialog.waitFor({ state: 'detached' });
  await accept(/40 FIL; 2: 60 FIL, when half of the sectors are sealed/);
}, 180_000);

test('the first part is lent with the loan, the second when two people agree that its condition is met', async () => {
  const { escrow } = await board.until(loanId, 'for its offer', ({ state }) => state === 'escrow_offered');
  await changeOwner(site, ready, escrow ?? '');
  await waitForLoan(maker.page, 'active', LONG_MS);
  expect(await loan()).toMatchObject({
    disbursements: [{ n: 1, amount: attoText(coins(40n)) }],
    debt: { principal: attoText(coins(40n)) },
    terms: [{ version: 1 }, { version: 2, waterfall: ['fee', 'interest', 'principal', 'penalty'] }],
  });
  await disburseNext(maker.page, 'Sealed: see the report of May');
  await accept(/Sealed: see the report of May/);
  await shot(checker, 'approval');
  await waitFor(
    async () => {
      const { disbursements } = await loan();
      return (disbursements as unknown[]).length === 2 ? true : undefined;
    },
    { what: 'the second disbursement', timeoutMs: LONG_MS, everyMs: 500 },
  );
  expect(await loan()).toMatchObject({
    state: 'active',
    debt: { principal: attoText(LENT) },
    disbursementRequests: [
      { n: 2, state: 'disbursed', amount: attoText(coins(60n)), condition: CONDITION, detail: null },
    ],
  });
  await openLoan(maker.page, loanId);
  await maker.page.getByRole('tab', { name: 'Debt and payments' }).click();
  await maker.page
    .getByRole('table', { name: 'Requests for disbursements' })
    .getByText('disbursed')
    .waitFor();
  await shot(maker, 'disbursed');
  expect(await maker.page.getByRole('button', { name: 'Disburse next' }).count()).toBe(0);
}, 300_000);

test('repaid from the miner both parts are settled, the owner role goes home, books and chain are exact', async () => {
  await ready.session.post(`/v1/loans/${loanId}/repay-from-miner`, {});
  await board.until(loanId, 'for its owner role', ({ proposedBack }) => proposedBack);
  const owner = await site.lotus.lookupId(ready.owner.address, []);
  await changeOwner(site, ready, textOf(owner));
  await board.until(loanId, 'to be closed', ({ state }) => state === 'closed');
  const faults = await findFaults(site, ['closed'], { closed: 1, refused: 0 });
  expect(Object.entries(faults).filter(([, seen]) => seen !== '')).toEqual([]);
  expect([...maker.watch.errors, ...checker.watch.errors]).toEqual([]);
}, 300_000);

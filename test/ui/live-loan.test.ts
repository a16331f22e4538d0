/**
 * One real loan on a real stack, in a real Chromium. Help, as staff give it: a disbursement that cannot be signed is
 * cancelled and released, the loan that asks for help is tried again, Lotus refuses the push, and after one more retry
 * the FIL is in the miner: once, from one nonce. Then an auditor walks through everything that came of it.
 */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { credited, deposit, subscribe, swept } from '../../bin/demo/deposits';
import { objectOf, textOf } from '../../bin/demo/http';
import { onboard, waitingApproval } from '../../bin/demo/people';
import type { Play, Staff } from '../../bin/demo/play';
import type { Purse } from '../../bin/demo/purse';
import { newKey, sendMessage, signText } from '../../bin/wallet-actions';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { executedBy, type Executed } from '../../chain/watch';
import { loginsOf } from '../../bin/demo/logins';
import { makeKnex } from '../../db/knex';
import { addressFrom, type Address } from '../../domain/address';
import { coins } from '../../domain/money';
import type { Knex } from 'knex';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { agreePolicy } from '../support/policy';
import { applyWithNewMiner, control, faucetPurse, openPlay, type Applied } from '../support/play';
import { walkAll } from './auditor-walk';
import { openBrowser, openPage, violations, type Watch } from './browser';
import { emailForm } from './email-form';
import * as office from './pages';
import { recordRateProposal, recordWithdrawal } from './records';
import { RECORDS, SCREENS } from './screens';

const LONG_MS = 15 * 60_000;
jest.setTimeout(LONG_MS);

/** Final soon: nothing here is about how long that takes. */
const PACE = { epochMs: 1_000, epochSeconds: 1, finality: 4 } as const;
const LENT = coins(100n);
const SHORT = /^f1\w+ does not hold enough for this: /;

let folder: string;
let stack: Stack;
let browser: Browser;
let owner: Knex;
let play: Play;
let purse: Purse;
let hot: Address;
let loan: Applied;
let maker: Page;
let checker: Page;
const watches: Watch[] = [];

async function signedIn(role: keyof Staff): Promise<Page> {
  const login = loginsOf(stack.info().logins)[role];
  const { page, watch } = await openPage(browser, { appUrl: play.baseUrl });
  await office.signIn(page, play.baseUrl, login);
  watches.push(watch);
  return page;
}

/** The treasury's own FIL, announced and agreed to, on the hot wallet. */
async function topUp(amount: bigint): Promise<void> {
  const { staff, waiter } = play;
  const announced = await staff.treasurer.post('/admin/v1/top-ups', {
    amount: amount.toString(),
    from: purse.address,
  });
  const id = textOf(announced['id']);
  const approval = await waitingApproval(play, id);
  await staff.checker.post(`/admin/v1/approvals/${textOf(approval['id'])}/accept`, {
    reason: 'Gas money',
    subjectHash: approval['subjectHash'],
  });
  await purse.send(hot, amount);
  await waiter.until('the top-up to be final', async () =>
    (await staff.auditor.get(`/admin/v1/top-ups/${id}`))['state'] === 'arrived' ? true : null,
  );
}

/** The loan as its borrower sees it, in the state. */
const loanIn = (state: string) =>
  play.waiter.until(`the loan to be ${state}`, async () => {
    const seen = await loan.customer.session.get(`/v1/loans/${loan.loanId}`);
    return seen['state'] === state ? seen : null;
  });

/** All that the chain ever executed from one address to another, newest first. */
async function executed(from: Address, to: Address): Promise<Executed[]> {
  const found: Executed[] = [];
  let tipset = await play.lotus.chainHead();
  while (tipset.height > 0 && tipset.parents.length > 0) {
    const all = await executedBy(play.lotus, tipset);
    found.push(...all.filter(({ message }) => message.from === from && message.to === to));
    tipset = await play.lotus.tipset(tipset.parents);
  }
  return found;
}

/** Approved through the API, with less on the hot wallet than the loan and its escrow's gas take together. */
async function approvedLoan(): Promise<Applied> {
  const bea = await onboard(play, 'bea', { fullName: 'Bea Miner', country: 'CH' });
  await deposit(play, purse, bea, LENT);
  await credited(play, bea, LENT);
  await swept(play, [bea]);
  await subscribe(play, bea, LENT);
  const applied = await applyWithNewMiner(stack.info(), play, bea, LENT);
  const { staff } = play;
  await staff.maker.post(`/admin/v1/loans/${applied.loanId}/forward`, { reason: 'Pre-flight passed' });
  const approval = await waitingApproval(play, applied.loanId);
  await staff.checker.post(`/admin/v1/approvals/${textOf(approval['id'])}/accept`, {
    reason: 'Looked at it',
    subjectHash: approval['subjectHash'],
  });
  return applied;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loanstone-help-'));
  chmodSync(folder, 0o711);
  [stack, browser] = await Promise.all([
    startStack({ dataFolder: join(folder, 'data'), progress: silentProgress, pace: PACE }),
    openBrowser(),
  ]);
  const info = stack.info();
  owner = makeKnex(info.database.owner, { poolMax: 1 });
  play = await openPlay(info);
  purse = await faucetPurse(info, play, coins(200n));
  const row = await owner<{ address: string; kind: string }>('chain.address').where({ kind: 'hot' }).first();
  hot = addressFrom(String(row?.address));
  // All of the pool is lent: the hot wallet then lacks the gas.
  await agreePolicy(owner, 'liquidity-reserve', 'flexible', { share: '0' });
  loan = await approvedLoan();
  [maker, checker] = [await signedIn('maker'), await signedIn('checker')];
});

afterAll(async () => {
  await Promise.allSettled([browser.close(), owner.destroy(), stack.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

test('a disbursement that cannot be signed is cancelled and released by two people; nothing was lent', async () => {
  const offered = await loanIn('escrow_offered');
  const escrow = addressFrom(textOf(objectOf(offered['escrow'])['idAddress']));
  const proposed = await sendMessage({
    lotus: play.lotus,
    key: loan.owner,
    to: loan.miner,
    value: 0n,
    method: METHOD.changeOwner,
    params: changeOwnerParams(escrow),
  });
  expect(proposed.exitCode).toBe(0);

  await office.openHelpWanted(maker, SHORT, /^message\//);
  await office.askForHelp(maker, 'Cancel and release', 'The treasury tops the hot wallet up first');
  await maker.getByText('asked to cancel and release: another person decides').waitFor();
  expect(await violations(maker)).toEqual([]);

  await office.openHelpWanted(checker, SHORT, /^message\//);
  await office.agreeToHelp(checker, 'Seen the balance');
  await office.openHelpWanted(checker, /did not take effect/, /^loan\//);
  expect(await owner('chain.message').where({ kind: 'disburse' }).select('state', 'cid')).toEqual([
    { state: 'cancelled', cid: null },
  ]);
  expect(await executed(hot, loan.miner)).toEqual([]);
});

test('Lotus refuses the push: staff see its words, retry, and the FIL arrives once', async () => {
  await topUp(coins(2n));
  await control(stack.info(), 'Fail', { method: 'MpoolPush', times: 1_000_000, how: 'error' });
  const before = await play.lotus.getActor(hot, []);
  const held = await play.lotus.walletBalance(loan.miner);

  await office.openLoan(maker, loan.loanId);
  await office.askForHelp(maker, 'Retry now', 'The hot wallet holds enough now');
  await office.openHelpWanted(checker, /did not take effect/, /^loan\//);
  await office.agreeToHelp(checker, 'The top-up is final');

  const words = /The node does not take the message: devnet: planted error in MpoolPush/;
  await office.openHelpWanted(maker, words, /^message\//);
  await office.askForHelp(maker, 'Retry now', 'The node is mended');
  await office.openHelpWanted(checker, words, /^message\//);
  expect(await executed(hot, loan.miner)).toEqual([]);
  await control(stack.info(), 'Fail', { method: 'MpoolPush', times: 0, how: 'error' });
  await office.agreeToHelp(checker, 'The node takes messages again');

  await office.openLoan(maker, loan.loanId);
  await office.waitForLoan(maker, 'active', LONG_MS / 3);
  const sent = await executed(hot, loan.miner);
  expect(sent.map(({ message: { nonce, value }, receipt }) => [nonce, value, receipt.exitCode])).toEqual([
    [before?.nonce, LENT, 0],
  ]);
  expect((await play.lotus.getActor(hot, []))?.nonce).toBe((before?.nonce ?? 0) + 1);
  expect(await play.lotus.walletBalance(loan.miner)).toBe(held + LENT);
  expect(await owner('chain.nonce_slot').where({ sender: hot, nonce: before?.nonce })).toHaveLength(1);

  await office.open(maker, '/', 'Home');
  await maker.getByRole('list', { name: 'Workflows that need action' }).waitFor({ state: 'detached' });
  expect(watches.flatMap(({ errors, foreign }) => [...errors, ...foreign])).toEqual([]);
});

test('an application that came by email is opened in the form, and its opener cannot check it', async () => {
  const admin = await signedIn('admin');
  const key = newKey('f');
  await control(stack.info(), 'Fund', key.address, coins(5n).toString());
  const made = await control(stack.info(), 'CreateMiner', { Owner: key.address, Available: `${coins(50n)}` });
  const form = emailForm(admin);
  await form.openIt();
  await form.send();
  for (const label of ['Miner', 'Amount in FIL', 'Term in epochs', 'Signature', 'Subject'])
    expect([label, await form.below(label)]).toEqual([label, expect.stringMatching(/Needed|above zero/)]);
  expect(await form.below('Message-ID')).toContain('angle brackets');
  expect(await violations(admin)).toEqual([]);

  const text = await form.textToSign('bea@example.com', String(made));
  const file = Buffer.from('the signed form');
  await form.fill({
    ...{ 'Amount in FIL': '1.5', 'Term in epochs': '100000', "Owner's address": key.address },
    ...{ Signature: signText(newKey('f'), text), 'Message-ID': '<CAF-1@mail.example.com>' },
    ...{ Received: '2026-11-20T09:30', Subject: 'A loan for our second miner' },
  });
  await form.attach(file);
  await admin.getByText(createHash('sha256').update(file).digest('hex')).waitFor();
  await form.send();
  await admin.getByText(/owner-proof-invalid · request /).waitFor();
  expect(await form.below('Signature')).toBe('The owner proof does not verify.');
  expect(await violations(admin)).toEqual([]);

  await form.fill({ Signature: signText(key, text) });
  await form.send();
  await office.waitForLoan(admin, 'preflight', LONG_MS / 3);
  const loanId = decodeURIComponent(/loans\/([^/]+)\/show/.exec(admin.url())?.[1] ?? '');
  await office.openLoan(maker, loanId);
  await office.forwardLoan(maker, 'The mail and the miner are in order');
  await office.openApproval(admin, textOf((await waitingApproval(play, loanId))['id']));
  await admin.getByRole('button', { name: 'Accept' }).click();
  await admin.getByRole('dialog').getByLabel('Reason').fill('I opened it, I know it');
  await admin.getByRole('dialog').getByRole('button', { name: 'Accept' }).click();
  await admin
    .getByRole('dialog')
    .getByText(/maker-is-checker · request /)
    .waitFor();
  const decided = owner
    .select('*')
    .from('approval_decision as d')
    .join('approval as a', 'a.id', 'd.approval_id');
  expect(await decided.where('a.subject_id', loanId)).toEqual([]);
  await office.open(admin, '/email-applications', 'Applications by email');
  await office.openRow(admin, 'A loan for our second miner', /^Mail: A loan/);
  expect(watches.at(-1)).toEqual({ errors: [], foreign: [] });
});

test('an auditor opens every screen, record, tab and download, and finds nothing to press', async () => {
  const { customer, loanId } = loan;
  const { staff, waiter } = play;
  const active = await customer.session.get(`/v1/loans/${loanId}`);
  await purse.send(textOf(active['repaymentAddress']), coins(3n));
  const [position] = await customer.session.list('/v1/positions');
  const asked = { positionId: position?.['id'], amount: coins(5n).toString() };
  await customer.session.post('/v1/redemptions', asked);
  await recordWithdrawal(owner, play, customer);
  await recordRateProposal(play);
  await staff.treasurer.post('/admin/v1/reconciliations', {});
  await staff.treasurer.post('/admin/v1/top-ups', { amount: coins(1n).toString(), from: purse.address });
  await staff.treasurer.post('/admin/v1/freezes', { scope: 'lending', reason: 'The end of the day' });
  // The marks would have to move for one: its page is what this is about.
  await owner('custody_transfer').insert({
    ...{ n: 1, direction: 'refill', amount: '1', hot: '0', owed: '0', policy_version: 1 },
    ...{ workflow_id: 'custody/1', state: 'settled', closed_at: new Date() },
  });
  for (const name of ['repayments', 'redemptions', 'reconciliations', 'miners', 'freezes', 'rate-proposals'])
    await waiter.until(name, async () => (await staff.auditor.list(`/admin/v1/${name}`))[0] ?? null);

  const auditor = await signedIn('auditor');
  const writes: string[] = [];
  auditor.on('request', (sent) => {
    if (sent.method() !== 'GET') writes.push(`${sent.method()} ${sent.url()}`);
  });
  const seen = await walkAll(auditor);
  expect(seen.empty).toEqual([]);
  expect(seen.faults).toEqual([]);
  expect(seen.commands).toEqual([]);
  expect(writes).toEqual([]);
  expect(seen.opened.length).toBeGreaterThan(SCREENS.length + RECORDS.length);
  expect([...seen.downloads.values()].filter((bytes) => bytes < 1_000)).toEqual([]);
  expect(seen.downloads.size).toBeGreaterThan(0);
  expect(watches.at(-1)).toEqual({ errors: [], foreign: [] });

  // The same walk finds what a member of staff may press.
  await office.openApprovals(checker);
  await office.openRow(checker, 'Treasury top-up', /^Treasury top-up/);
  expect(await checker.locator('main [data-command]').count()).toBe(2);
});

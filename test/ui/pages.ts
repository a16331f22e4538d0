/** The back office by what people do in it. Everything is found by role and label, as a reader of the screen would. */
import type { Locator, Page } from 'playwright-core';

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** Waits until the page shows what it is about and no part of it is still loading. */
export async function settled(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await page.locator('.MuiSkeleton-root').first().waitFor({ state: 'detached' });
}

export async function signIn(page: Page, appUrl: string, login: Login): Promise<void> {
  await page.goto(`${appUrl}/`);
  await page.getByLabel('Email').fill(login.email);
  await page.getByLabel('Password').fill(login.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await settled(page, 'Home');
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor();
}

/** Opens a path of the back office, `/loans`. */
export async function open(page: Page, path: string, title: string | RegExp): Promise<void> {
  const { origin } = new URL(page.url());
  await page.goto(`${origin}/#${path}`);
  await settled(page, title);
}

const recordPath = (resource: string, id: string): string => `/${resource}/${encodeURIComponent(id)}/show`;

export const openApprovals = (page: Page): Promise<void> => open(page, '/approvals', 'Approvals');

export const openApproval = (page: Page, id: string): Promise<void> =>
  open(
    page,
    recordPath('approvals', id),
    /^(?:Loan|Treasury top-up|Opening an account|A finding|A frozen sender)/,
  );

export const openLoan = (page: Page, id: string): Promise<void> =>
  open(page, recordPath('loans', id), /^Loan #/);

export const openWorkflow = (page: Page, id: string): Promise<void> =>
  open(page, recordPath('workflows', id), id);

/** The dialog that a command opens: fill in the reason, send, wait until it is gone. */
export async function confirm(page: Page, verb: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Accepts the approval that is open on the page. */
export async function acceptApproval(page: Page, reason: string): Promise<void> {
  await confirm(page, 'Accept', reason);
  await state(page, 'accepted').waitFor();
}

/** Refuses the approval that is open on the page. */
export async function refuseApproval(page: Page, reason: string): Promise<void> {
  await confirm(page, 'Refuse', reason);
  await state(page, 'refused').waitFor();
}

/** Opens what stands on the home screen under "needs action" with words of its sentence. */
export async function openHelpWanted(page: Page, words: string | RegExp, title: RegExp): Promise<void> {
  await open(page, '/', 'Home');
  const wanted = page.getByRole('list', { name: 'Workflows that need action' });
  await wanted.getByRole('link', { name: words }).click({ timeout: 120_000 });
  await settled(page, title);
}

/** Asks for help with the workflow or loan that is open; where money moves this only asks another person. */
export const askForHelp = (
  page: Page,
  verb: 'Retry now' | 'Cancel and release' | 'Cancel the loan',
  reason: string,
): Promise<void> => confirm(page, verb, reason);

/** Agrees to the help that somebody else asked for with the workflow that is open. */
export async function agreeToHelp(page: Page, reason: string): Promise<void> {
  await page.getByRole('link', { name: 'Open the request' }).click();
  await settled(page, /^Help for a workflow/);
  await acceptApproval(page, reason);
}

/** Forwards the loan that is open on the page to the checkers. */
export const forwardLoan = (page: Page, reason: string): Promise<void> =>
  confirm(page, 'Forward for approval', reason);

/** Asks for the next disbursement of the loan that is open on the page. */
export const disburseNext = (page: Page, reason: string): Promise<void> =>
  confirm(page, 'Disburse next', reason);

/** The state in the head of the record that is open: `active`, `in_approval`… It follows the server by itself. */
export function state(page: Page, name: string): Locator {
  return page.locator(`header [data-state="${name}"]`);
}

/** Waits until the loan on the page reaches a state; the page follows by itself, nothing is reloaded. */
export async function waitForLoan(page: Page, name: string, timeoutMs: number): Promise<void> {
  await state(page, name).waitFor({ timeout: timeoutMs });
}

/** The sentences of the workflow that is open, in order. */
export async function storyOf(page: Page): Promise<string[]> {
  const lines = page.getByRole('list', { name: 'Story' }).getByRole('listitem');
  await lines.first().waitFor();
  return lines.allInnerTexts();
}

/** Announces a top-up of the hot wallet as the treasurer. `fil` is as a person writes it: "1,000.5". */
export async function announceTopUp(page: Page, fil: string, from: string): Promise<void> {
  await open(page, '/top-ups', 'Top-ups');
  await page.getByRole('button', { name: 'Announce a top-up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Amount in FIL').fill(fil);
  await dialog.getByLabel("Sender's address").fill(from);
  await dialog.getByRole('button', { name: 'Announce', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** Opens the first row of the list on the page that holds the text. */
export async function openRow(page: Page, text: string, title: string | RegExp): Promise<void> {
  await page.getByRole('row').filter({ hasText: text }).first().getByRole('cell').first().click();
  await settled(page, title);
}

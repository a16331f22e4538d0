/** The words of every mail. Pure: data in, subject and text out. Amounts come as attoFIL text and leave as FIL. */
import { attoFrom, formatCoins } from '../domain/money';
import type { Permission } from '../domain/permission';
import { writeBody, type Block, type MailText } from './mail-body';

/** What a template says; the mail is written from it, and from what is added to it. */
interface Letter {
  readonly subject: string;
  readonly blocks: readonly Block[];
}

const fil = (amount: string): string => `${formatCoins(attoFrom(amount))} FIL`;

const mail = (subject: string, ...blocks: Block[]): Letter => ({ subject, blocks });

export const TEMPLATES = {
  'finish-registration': () =>
    mail(
      'Finish your registration',
      'You began to register with Loanstone and did not finish.',
      'Ask for a new code and sign in with it to go on. If this was not you, ignore this mail: nothing will happen.',
    ),
  'profile-wanted': () =>
    mail('Tell us who you are', 'Your email is confirmed. Send your name and country to open the account.'),
  'account-open': () =>
    mail('Your account is open', 'Your account is open. Sign in to see your own Filecoin deposit address.'),
  'account-refused': () => mail('Your application', 'We cannot open an account for you.'),
  'account-expired': () =>
    mail(
      'Your registration has ended',
      'Your registration was not finished in time. You may register again.',
    ),
  'deposit-credited': (d: { readonly amount: string }) =>
    mail('Your deposit has arrived', `${fil(d.amount)} is final on chain and on your account.`),
  'fil-assigned': (d: { readonly amount: string }) =>
    mail(
      'FIL was put on your account',
      `${fil(d.amount)} that had reached us without a name was found to be yours and is on your account.`,
    ),
  'subscription-done': (d: { readonly amount: string }) =>
    mail('Your deposit in the pool', `${fil(d.amount)} has moved from your account into the flexible pool.`),
  'redemption-paid': (d: { readonly amount: string }) =>
    mail('Your redemption is paid', `${fil(d.amount)} came out of the pool and is on your account.`),
  'withdrawal-placed': (d: { readonly amount: string; readonly address: string; readonly people: number }) =>
    mail(
      'A withdrawal was asked for',
      `${fil(d.amount)} are set aside for ${d.address}.`,
      d.people === 0
        ? 'They are sent now; the network makes it final after a while.'
        : `${d.people === 1 ? 'A person' : 'Two people'} of ours must approve it first.`,
      'If this was not you, sign in, cancel it and revoke your API keys. Until it is signed that gives the money back.',
    ),
  'withdrawal-approved': (d: { readonly amount: string; readonly address: string }) =>
    mail('Your withdrawal is approved', `${fil(d.amount)} go to ${d.address}.`),
  'withdrawal-judged-anew': (d: { readonly amount: string; readonly people: number }) =>
    mail(
      'Your withdrawal waits for approval',
      `Before ${fil(d.amount)} could be sent the rules for withdrawals changed, or the approval lapsed.`,
      `${d.people === 1 ? 'A person' : 'Two people'} of ours must approve it now. Until it is signed you can cancel it.`,
    ),
  'withdrawal-sent': (d: { readonly amount: string; readonly address: string; readonly cid: string }) =>
    mail(
      'Your withdrawal is on its way',
      `${fil(d.amount)} are on their way to ${d.address}. We write again when they are final there.`,
      `Message ${d.cid}`,
    ),
  'withdrawal-paid': (d: { readonly amount: string; readonly address: string; readonly cid: string }) =>
    mail('Your withdrawal is paid', `${fil(d.amount)} are final at ${d.address}.`, `Message ${d.cid}`),
  'withdrawal-returned': (d: { readonly amount: string; readonly reason: string }) =>
    mail('Your withdrawal was not paid', `${fil(d.amount)} are back on your account.`, d.reason),
  'withdrawal-refused': (d: { readonly amount: string; readonly reason: string }) =>
    mail('Your withdrawal was not taken', `${fil(d.amount)} stay on your account.`, d.reason),
  'withdrawal-address-challenge': (d: { readonly address: string }) =>
    mail(
      'Sign for your withdrawal address',
      `You want to withdraw to ${d.address}. Ask us for the text, and sign it with the key of that address within a day.`,
      'If this was not you, sign in, remove it and revoke your API keys.',
    ),
  'withdrawal-address-listed': (d: { readonly address: string; readonly from: string }) =>
    mail(
      'A withdrawal address was listed',
      `${d.address} is on your list. FIL may leave to it from ${d.from} on, not before.`,
      'If this was not you, sign in, remove it and revoke your API keys.',
    ),
  'withdrawal-address-usable': (d: { readonly address: string }) =>
    mail('Your withdrawal address may be used', `FIL may leave to ${d.address} from now on.`),
  'withdrawal-address-ended': (d: { readonly address: string; readonly reason: string }) =>
    mail('Not on your list', `${d.address} is not on your list of withdrawal addresses. ${d.reason}`),
  'loan-received': (d: { readonly miner: string; readonly amount: string }) =>
    mail(
      'Your loan application is with us',
      `You asked for ${fil(d.amount)} on miner ${d.miner}. The miner passed our first reading; two people of ours decide.`,
    ),
  'loan-rejected': (d: { readonly miner: string; readonly reason: string }) =>
    mail('Your loan application', `We do not grant the loan on miner ${d.miner}.`, d.reason),
  'loan-approved': (d: { readonly miner: string; readonly amount: string }) =>
    mail('Your loan is approved', `The loan of ${fil(d.amount)} on miner ${d.miner} is approved.`),
  'loan-escrow-offered': (d: { readonly miner: string; readonly amount: string; readonly escrow: string }) =>
    mail(
      'Hand over the owner role',
      `Before ${fil(d.amount)} go into miner ${d.miner}, its owner proposes our escrow ${d.escrow} as the new owner.`,
      'Only the owner role moves: worker and control addresses stay yours.',
    ),
  'loan-offer-reminder': (d: { readonly miner: string }) =>
    mail(
      'Hand over the owner role soon',
      `Our offer for miner ${d.miner} runs out soon, and its owner has not proposed our escrow yet. Where the proposal is not final by then, nothing is lent.`,
    ),
  'loan-expired': (d: { readonly miner: string }) =>
    mail(
      'Your loan has lapsed',
      `The loan on miner ${d.miner} was not taken further in time. Nothing was lent and nothing is owed.`,
      'If the owner of the miner proposed our escrow meanwhile, the owner takes that back by proposing itself. You may apply again.',
    ),
  'loan-cancelled': (d: { readonly miner: string }) =>
    mail(
      'Your loan is cancelled',
      `Our staff cancelled the loan on miner ${d.miner}. Nothing was lent and nothing is owed.`,
      'If our escrow owns the miner by now, another mail tells you how to take the role back.',
    ),
  'loan-proposal-final': (d: { readonly miner: string; readonly escrow: string }) =>
    mail(
      'Your proposal is final',
      `The owner of miner ${d.miner} has proposed our escrow ${d.escrow}, and that is final on chain. Do not propose anybody else now.`,
    ),
  'loan-owner-held': (d: { readonly miner: string }) =>
    mail(
      'Our escrow owns the miner',
      `We confirmed: our escrow owns miner ${d.miner} for as long as the loan runs. Worker and control addresses stay yours.`,
    ),
  'loan-turned-back': (d: { readonly miner: string; readonly reason: string }) =>
    mail(
      'The loan is not paid out',
      `After we took the owner role we looked at miner ${d.miner} once more, and we do not lend on it: ${d.reason}`,
      'Nothing was lent and nothing is owed. The owner role goes back to you; another mail tells you how to take it.',
    ),
  'loan-disbursed': (d: { readonly miner: string; readonly amount: string }) =>
    mail(
      'Your loan is paid out',
      `${fil(d.amount)} is final in miner ${d.miner}. Interest counts from that epoch.`,
    ),
  'loan-payment': (d: {
    readonly miner: string;
    readonly amount: string;
    readonly excess: string;
    readonly debt: string;
  }) =>
    mail(
      'A payment for your loan has arrived',
      `${fil(d.amount)} is final and booked on the loan on miner ${d.miner}. After it the debt is ${fil(d.debt)}.`,
      ...(d.excess === '0' ? [] : [`${fil(d.excess)} of it was more than you owed: it is on your account.`]),
    ),
  'loan-fee-debt': (d: { readonly miner: string; readonly amount: string }) =>
    mail(
      'Your miner owes a penalty',
      `Miner ${d.miner} owes the network ${fil(d.amount)}. Until that is paid its income cannot repay your loan, and interest goes on.`,
      `Pay it from the worker or a control address: a message to ${d.miner}, method 22 (RepayDebt), no params, with at least that value.`,
    ),
  'loan-maturity-reminder': (d: { readonly miner: string; readonly epoch: number }) =>
    mail(
      'Your loan falls due soon',
      `The loan on miner ${d.miner} falls due at epoch ${d.epoch}. What is not repaid by then is overdue: interest goes on, and all that the miner can give goes to the debt.`,
      'Ask for a quote for the epoch in which your payment will be included, or ask us for an extension.',
    ),
  'loan-overdue': (d: { readonly miner: string }) =>
    mail('Your loan is overdue', `The loan on miner ${d.miner} has reached its maturity and is not repaid.`),
  'loan-extended': (d: { readonly miner: string; readonly fromEpoch: number; readonly toEpoch: number }) =>
    mail(
      'Your loan is extended',
      `The maturity of the loan on miner ${d.miner} has moved from epoch ${d.fromEpoch} to epoch ${d.toEpoch}.`,
      'Interest counts as before. You may repay earlier at any time: ask for a quote for the epoch in which your payment will be included.',
    ),
  'loan-settled': (d: { readonly miner: string }) =>
    mail(
      'Your loan is repaid',
      `The loan on miner ${d.miner} has no debt. We propose you as the owner again: confirm it from your owner.`,
    ),
  'loan-owner-return': (d: { readonly miner: string }) =>
    mail(
      'Take the owner role back',
      `We propose you as the owner of miner ${d.miner} again: confirm it from your owner.`,
    ),
  'loan-proposal-wrong': (d: {
    readonly miner: string;
    readonly proposed: string;
    readonly escrow: string;
  }) =>
    mail(
      'Another owner than our escrow is proposed',
      `The owner of miner ${d.miner} proposed ${d.proposed} as the new owner. Our escrow is ${d.escrow}: nothing is confirmed.`,
      `Propose ${d.escrow} instead; that takes the place of the proposal that stands.`,
    ),
  'loan-return-reminder': (d: { readonly miner: string }) =>
    mail(
      'Take the owner role back',
      `We proposed you as the owner of miner ${d.miner} again and you have not confirmed it yet. Until then the role stays with our escrow.`,
    ),
  'loan-owner-returned': (d: { readonly miner: string }) =>
    mail(
      'You own the miner again',
      `You are the owner of miner ${d.miner} again. Nothing was lent, nothing is owed, and the application is over.`,
    ),
  'loan-closed': (d: { readonly miner: string }) =>
    mail('Your loan is closed', `You are the owner of miner ${d.miner} again. The loan is closed.`),
} as const satisfies Record<string, (data: never) => Letter>;

export type MailTemplate = keyof typeof TEMPLATES;

type DataOf<T> = T extends () => Letter
  ? Readonly<Record<string, never>>
  : T extends (data: infer D) => Letter
    ? D
    : never;

/** A template with the data that it needs; `{}` where it needs none. */
export type MailContent = {
  [T in MailTemplate]: { readonly template: T; readonly data: DataOf<(typeof TEMPLATES)[T]> };
}[MailTemplate];

/** Writes a mail, with `more` after what its template says. */
export function writeMail(content: MailContent, more: readonly Block[] = []): MailText {
  const template = TEMPLATES[content.template] as (data: MailContent['data']) => Letter;
  const { subject, blocks } = template(content.data);
  return writeBody(subject, [...blocks, ...more]);
}

/** Not in TEMPLATES: its data may never be an argument of an activity. */
export function loginCodeMail(code: string, minutes: number): MailText {
  return writeBody(`${code} is your Loanstone code`, [
    `Your code is ${code}`,
    `It works once, within ${minutes} minutes. A newer code voids it. We never ask for it by phone or chat.`,
  ]);
}

export function approvalWaitingMail(kind: string, approvalId: string): MailText {
  return writeBody(`An approval waits: ${kind}`, [
    `The ${kind} approval ${approvalId} waits for a decision in the back office.`,
  ]);
}

/** What staff are told, each to all whose role holds the permission. */
export const NOTICES = {
  'payouts-frozen': {
    permission: 'approval:decide-lift',
    write: (d: { readonly reason: string }) =>
      writeBody('Payouts are frozen', [
        'A reconciliation froze all payouts: nothing that leaves the platform is signed.',
        `${d.reason}. Look at the run and its finding in the back office; two people lift the freeze.`,
      ]),
  },
  'refill-wanted': {
    permission: 'top-up:announce',
    write: (d: {
      readonly amount: string;
      readonly hot: string;
      readonly owed: string;
      readonly low: string;
    }) =>
      writeBody('The hot wallet wants a refill', [
        `The hot wallet holds ${fil(d.hot)}, of which ${fil(d.owed)} is owed; the low mark is ${fil(d.low)}.`,
        `Please send ${fil(d.amount)} from the cold address to the hot wallet. It is booked by itself when it is final.`,
      ]),
  },
} as const satisfies Record<string, { permission: Permission; write: (data: never) => MailText }>;

export type NoticeName = keyof typeof NOTICES;

/** A notice with the data that it needs. */
export type Notice = {
  [N in NoticeName]: { readonly notice: N; readonly data: Parameters<(typeof NOTICES)[N]['write']>[0] };
}[NoticeName];

/** Writes a notice to staff. */
export function writeNotice(notice: Notice): MailText {
  return (NOTICES[notice.notice].write as (data: Notice['data']) => MailText)(notice.data);
}

/**
 * What the borrower of a loan does next, for the end of every mail about it: read from the loan when the mail is
 * written, by the same rule as the API's `nextAction`, so that neither addresses nor messages pass through a history.
 */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { findLoan, type LoanRow } from '../db/loan';
import { addressFrom } from '../domain/address';
import { timeOf } from '../domain/epoch';
import { hasDebt } from '../domain/loan';
import { nextAction, type WalletMessage } from '../domain/loan-next';
import type { Block } from './mail-body';

export interface LoanMailDeps {
  readonly knex: Knex;
  readonly lotus: Pick<Lotus, 'network'>;
}

/** The loan that a mail is about, by its key `loan/<id>/<step>`; null where it is about none. */
export function loanOfKey(key: string): string | null {
  return /^loan\/([^/]+)\//.exec(key)?.[1] ?? null;
}

const addressOrNone = (text: string | null) => (text === null ? null : addressFrom(text));

/** The message as any wallet asks for it. */
function messageFacts({ to, from, value, method, params }: WalletMessage): Block {
  return {
    facts: [
      ['From', from],
      ['To', to],
      ['Value', `${value} FIL`],
      ['Method number', String(method)],
      ['Params (base64)', params],
    ],
  };
}

/** `epoch 1234, 2026-11-23 13:05:00 UTC`: when the epoch begins by the node's own genesis and epoch length. */
async function moment({ lotus }: LoanMailDeps, epoch: number): Promise<string> {
  const at = new Date(timeOf(epoch, await lotus.network()) * 1000).toISOString();
  return `epoch ${epoch}, ${at.slice(0, 19).replace('T', ' ')} UTC`;
}

function nextOf(loan: LoanRow) {
  return nextAction({
    state: loan.state,
    miner: loan.miner,
    owner: addressOrNone(loan.owner_before),
    escrow: addressOrNone(loan.escrow_id_address),
    repaymentAddress: loan.repayment_address,
    offerDeadlineEpoch: loan.offer_deadline_epoch,
  });
}

/** Sentence, exact message, command and deadline; nothing where the loan is over. */
export async function nextBlocks(deps: LoanMailDeps, loanId: string): Promise<Block[]> {
  const loan = await findLoan(deps.knex, loanId);
  const next = loan === null ? null : nextOf(loan);
  if (loan === null || next === null) return [];
  const blocks: Block[] = [`What comes next. ${next.sentence}`];
  if (next.message !== null) blocks.push(messageFacts(next.message));
  if (next.command !== null)
    blocks.push('With our wallet (FILE holds the key that signs):', { command: next.command });
  const deadline = next.deadlineEpoch ?? (hasDebt(loan.state) ? loan.maturity_epoch : null);
  if (deadline !== null) blocks.push(`It must be final on chain by ${await moment(deps, deadline)}.`);
  return blocks;
}

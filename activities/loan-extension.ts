/** Moving a loan's maturity, task queue `ledger`: a maker asks, another person decides. Each call is one transaction. */
import type { Knex } from 'knex';
import { closeApproval, openApproval, type DecisionInput } from '../db/approval';
import { poolClock } from '../db/clock';
import { amendLoan, lockLoan, type LoanRow } from '../db/loan';
import { closeExtension, extensionsOf, insertExtension, type ExtensionRow } from '../db/loan-extension';
import { disbursementsOf } from '../db/loan-facts';
import { hasDebt, LOAN_POLICY } from '../domain/loan';
import { judgeExtension } from '../domain/loan-terms';
import { RefusalError } from '../domain/refusal';
import { moveLoanDue } from '../ledger/loan';
import { workflowIds } from '../workflows/handles';
import { decideAsked, type DecideAsked } from './loan-decision';
import type { LoanDeps } from './loan-deps';
import { refusing } from './refusal';

export interface AskExtension {
  readonly loanId: string;
  readonly approvalId: string;
  readonly actor: { readonly id: string; readonly role: string };
  readonly reason: string;
  readonly maturityEpoch: number;
}

/** How a decision on terms ended, for the workflow. */
export interface ExtensionDecided {
  readonly approvalId: string;
  readonly state: 'waiting' | 'accepted' | 'refused';
  readonly fromEpoch: number;
  readonly toEpoch: number;
}

/** The maturity, where `to` may follow it now. @throws RefusalError wrong-state, extension-out-of-range */
async function expectMovable(trx: Knex.Transaction, loan: LoanRow, to: number): Promise<number> {
  const first = (await disbursementsOf(trx, loan.id)).at(0);
  if (!hasDebt(loan.state) || loan.maturity_epoch === null || first === undefined)
    throw new RefusalError('wrong-state', `The loan is ${loan.state}; there is no maturity to move.`);
  const clock = await poolClock(trx);
  const terms = {
    maturity: loan.maturity_epoch,
    disbursedEpoch: first.included_epoch,
    clock,
    maxTermEpochs: LOAN_POLICY.maxTermEpochs,
  };
  const refused = judgeExtension(terms, to);
  if (refused !== null) throw new RefusalError(refused.refusal, refused.detail);
  return loan.maturity_epoch;
}

async function askExtension(trx: Knex.Transaction, input: AskExtension): Promise<void> {
  const { loanId, approvalId, actor, reason, maturityEpoch } = input;
  const loan = await lockLoan(trx, loanId);
  const known = await extensionsOf(trx, loanId);
  if (known.some(({ approval_id }) => approval_id === approvalId)) return;
  if (known.some(({ state }) => state === 'asked')) throw new RefusalError('extension-pending');
  const fromEpoch = await expectMovable(trx, loan, maturityEpoch);
  const n = known.length + 1;
  await openApproval(trx, {
    id: approvalId,
    kind: 'loan-extension',
    subjectKind: 'loan',
    subjectId: loanId,
    workflowId: workflowIds.loan(loanId),
    subject: {
      loan: loanId,
      miner: loan.miner,
      principalLent: loan.amount,
      presentMaturityEpoch: fromEpoch,
      newMaturityEpoch: maturityEpoch,
    },
    makerId: actor.id,
    quorum: 1,
  });
  await insertExtension(trx, {
    loan_id: loanId,
    n,
    from_epoch: fromEpoch,
    to_epoch: maturityEpoch,
    reason,
    maker_id: actor.id,
    approval_id: approvalId,
  });
  const sentence = `Extension ${n} asked for by ${actor.role}: from epoch ${fromEpoch} to ${maturityEpoch}, ${reason}`;
  await amendLoan(trx, loanId, { step: `extension-${n}-asked`, sentence, actor }, {});
}

async function grant(trx: Knex.Transaction, loan: LoanRow, asked: ExtensionRow, input: DecisionInput) {
  const { n, from_epoch: from, to_epoch: to } = asked;
  await expectMovable(trx, loan, to);
  const clock = await poolClock(trx);
  const end = { state: 'granted', checker_id: input.actor.id, granted_epoch: clock } as const;
  await closeExtension(trx, asked.approval_id, end);
  await moveLoanDue(trx, { loanId: loan.id, clock, dueEpoch: to });
  const sentence = `Extension ${n} granted by ${input.actor.role}: the maturity moves from epoch ${from} to ${to}`;
  const step = { step: `extension-${n}-granted`, sentence, epoch: clock, actor: input.actor };
  await amendLoan(trx, loan.id, step, { maturity_epoch: to });
}

async function refuse(trx: Knex.Transaction, { id }: LoanRow, asked: ExtensionRow, { actor }: DecisionInput) {
  const { n, approval_id: approvalId, from_epoch: stays } = asked;
  await closeExtension(trx, approvalId, { state: 'refused', checker_id: actor.id, granted_epoch: null });
  const sentence = `Extension ${n} refused by ${actor.role}; the maturity stays epoch ${stays}`;
  await amendLoan(trx, id, { step: `extension-${n}-refused`, sentence, actor }, {});
}

async function decide(trx: Knex.Transaction, input: DecideAsked): Promise<ExtensionDecided> {
  const { outcome, asked } = await decideAsked(trx, input, { rowsOf: extensionsOf, grant, refuse });
  return { ...outcome, fromEpoch: asked.from_epoch, toEpoch: asked.to_epoch };
}

/** What still waits for a decision when the debt is gone waits no more. */
export async function cancelExtensions(trx: Knex.Transaction, loanId: string): Promise<void> {
  for (const asked of await extensionsOf(trx, loanId)) {
    if (asked.state !== 'asked') continue;
    await closeApproval(trx, asked.approval_id, 'cancelled');
    await closeExtension(trx, asked.approval_id, {
      state: 'cancelled',
      checker_id: null,
      granted_epoch: null,
    });
  }
}

export function makeLoanExtensionActivities({ knex }: Pick<LoanDeps, 'knex'>) {
  return {
    /** A maker asks to move the maturity: opens the approval that names who may not decide. */
    askExtension: refusing((input: AskExtension) => knex.transaction((trx) => askExtension(trx, input))),

    /** One person's decision; with the acceptance the maturity moves, judged once more at the clock. */
    decideExtension: refusing((input: DecideAsked) => knex.transaction((trx) => decide(trx, input))),
  };
}

/** Loans for customers: state, payoff quote, repayment from the miner. */
import { z } from 'zod';
import { addressFrom } from '../domain/address';
import { allowedActions, hasDebt } from '../domain/loan';
import { nextAction } from '../domain/loan-next';
import { RefusalError } from '../domain/refusal';
import { findLoan, type LoanRow } from '../db/loan';
import { loanParts, quoteOf } from '../db/loan-read';
import { workflowIds } from '../workflows/handles';
import { repayFromMiner } from '../workflows/handles-loan';
import type { CustomerActor } from './actor';
import type { ApiDeps } from './deps';
import { idParams, isoOrNull, started } from './fields';
import {
  customerExtension,
  customerLoan,
  customerLoanFull,
  customerRequest,
  customerStep,
  payoffQuote,
  quoteQuery,
} from './loan-schema';
import { route, type Route } from './route';
import { loanIn } from './loan-allowed';
import { update } from './temporal';

/** The borrower's own loan. Another's is not found, as one that does not exist. */
export async function ownLoan(deps: ApiDeps, actor: CustomerActor, id: string): Promise<LoanRow> {
  const loan = await findLoan(deps.knex, id);
  if (loan?.borrower_id !== actor.id) throw new RefusalError('not-found', 'You have no such loan.');
  return loan;
}

function summaryOf(loan: LoanRow): z.output<typeof customerLoan> {
  return {
    id: loan.id,
    number: loan.number,
    miner: loan.miner,
    amount: loan.amount,
    termEpochs: loan.term_epochs,
    poolId: loan.pool_id,
    state: loan.state,
    outcome: loan.outcome,
    outcomeDetail: loan.outcome_detail,
    ownerBefore: loan.owner_before,
    repaymentAddress: loan.repayment_address,
    offerDeadlineEpoch: loan.offer_deadline_epoch,
    maturityEpoch: loan.maturity_epoch,
    repayFromMinerAt: isoOrNull(loan.repay_from_miner_at),
    createdAt: loan.created_at.toISOString(),
    closedAt: isoOrNull(loan.closed_at),
    escrow:
      loan.escrow_address === null
        ? null
        : { address: loan.escrow_address, idAddress: loan.escrow_id_address },
    workflowId: workflowIds.loan(loan.id),
  };
}

const addressOrNone = (text: string | null) => (text === null ? null : addressFrom(text));

async function detailOf(deps: ApiDeps, loan: LoanRow) {
  const { steps, extensions, disbursementRequests, ...rest } = await loanParts(deps.knex, loan);
  const repayAsked = loan.repay_from_miner_at !== null;
  const open = allowedActions(loan.state, { needsAction: false, repayAsked, undisbursed: false });
  return {
    ...summaryOf(loan),
    ...rest,
    // Which person of staff acted is not the customer's.
    steps: steps.map((step) => customerStep.parse(step)),
    extensions: extensions.map((extension) => customerExtension.parse(extension)),
    disbursementRequests: disbursementRequests.map((request) => customerRequest.parse(request)),
    allowedActions: open.filter((action) => action === 'repay-from-miner'),
    nextAction: nextAction({
      state: loan.state,
      miner: loan.miner,
      owner: addressOrNone(loan.owner_before),
      escrow: addressOrNone(loan.escrow_id_address),
      repaymentAddress: loan.repayment_address,
      offerDeadlineEpoch: loan.offer_deadline_epoch,
    }),
  };
}

function readingRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/loans',
      access: 'customer',
      scope: 'loan:read',
      tag: 'loans',
      summary: 'Your loans, newest first',
      answer: z.array(customerLoan),
      handler: async ({ actor }) => {
        const rows = await deps
          .knex<LoanRow>('loan')
          .where({ borrower_id: actor.id })
          .orderBy('number', 'desc');
        return { body: rows.map(summaryOf) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/loans/:id',
      access: 'customer',
      scope: 'loan:read',
      tag: 'loans',
      summary: 'One loan: its steps, escrow, debt and what to do next',
      params: idParams,
      answer: customerLoanFull,
      refusals: ['not-found'],
      handler: async ({ actor, params }) => ({
        body: await detailOf(deps, await ownLoan(deps, actor, params.id)),
      }),
    }),
    route({
      method: 'get',
      path: '/v1/loans/:id/payoff-quote',
      access: 'customer',
      scope: 'loan:read',
      tag: 'loans',
      summary: 'What pays the loan off, exactly, if the payment is included at an epoch',
      params: idParams,
      query: quoteQuery,
      answer: payoffQuote,
      refusals: ['not-found', 'nothing-to-repay'],
      handler: async ({ actor, params, query }) => {
        const loan = await ownLoan(deps, actor, params.id);
        return { body: await quoteOf(deps.knex, loan, query.epoch) };
      },
    }),
  ];
}

function repaymentRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/loans/:id/repay-from-miner',
    access: 'customer-open',
    scope: 'loan:repay',
    tag: 'loans',
    summary: "Repay from the miner's balance: nothing is kept back from now on",
    params: idParams,
    body: z.strictObject({}),
    idempotent: true,
    status: 202,
    answer: started,
    refusals: ['not-found', 'nothing-to-repay', 'wrong-state', 'service-unavailable'],
    handler: async ({ actor, params, key }) => {
      const loan = await ownLoan(deps, actor, params.id);
      const workflowId = workflowIds.loan(loan.id);
      const request = { actor: { id: actor.id, role: actor.role } };
      const updateId = `${actor.id}/${key}`;
      await update(
        deps.client,
        workflowId,
        repayFromMiner,
        updateId,
        [request],
        loanIn(deps, loan.id, hasDebt),
      );
      return { body: { id: loan.id, workflowId }, workflowId, location: `/v1/loans/${loan.id}` };
    },
  });
}

export function loanRoutes(deps: ApiDeps): Route[] {
  return [...readingRoutes(deps), repaymentRoute(deps)];
}

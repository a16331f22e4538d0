/** A loan's terms for staff: the payoff quote, moving the maturity, asking for the next disbursement. */
import type { UpdateDefinition } from '@temporalio/common';
import { z } from 'zod';
import { findLoan, type LoanRow } from '../db/loan';
import { quoteOf } from '../db/loan-read';
import { hasDebt, type LoanState } from '../domain/loan';
import { RefusalError } from '../domain/refusal';
import { workflowIds, type Actor } from '../workflows/handles';
import { disburseNext, extendLoan, type TermsAsked } from '../workflows/handles-loan';
import type { StaffActor } from './actor';
import type { ApiDeps } from './deps';
import { idParams, reasonIn } from './fields';
import { payoffQuote, quoteQuery } from './loan-schema';
import { route, type Answer, type Route } from './route';
import { loanIn } from './loan-allowed';
import { update } from './temporal';

const asked = z.strictObject({ id: z.string(), workflowId: z.string(), approvalId: z.string() });
const extensionIn = z.strictObject({
  maturityEpoch: z.int().min(0).meta({ description: 'The epoch at which the loan shall be due' }),
  reason: reasonIn,
});

async function loanOf(deps: ApiDeps, id: string): Promise<LoanRow> {
  const loan = await findLoan(deps.knex, id);
  if (loan === null) throw new RefusalError('not-found', `There is no loan ${id}.`);
  return loan;
}

interface Call<B> {
  readonly actor: StaffActor;
  readonly params: { readonly id: string };
  readonly body: B;
  readonly key: string;
}

/** Asks the loan's workflow for what a checker decides on; answers with the approval. */
async function ask<B extends object>(
  deps: ApiDeps,
  { actor, params, body, key }: Call<B>,
  wanted: UpdateDefinition<TermsAsked, [B & { readonly actor: Actor }]>,
  mayBe: (state: LoanState) => boolean,
): Promise<Answer<z.output<typeof asked>>> {
  const { id } = await loanOf(deps, params.id);
  const workflowId = workflowIds.loan(id);
  const request = { ...body, actor: { id: actor.id, role: actor.role } };
  const allowed = loanIn(deps, id, mayBe);
  const { approvalId } = await update(
    deps.client,
    workflowId,
    wanted,
    `${actor.id}/${key}`,
    [request],
    allowed,
  );
  return { body: { id, workflowId, approvalId }, workflowId, location: `/admin/v1/approvals/${approvalId}` };
}

function disburseRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/loans/:id/disburse',
    access: 'loan:disburse',
    tag: 'loans',
    summary: 'Ask for the next disbursement: you say how its condition is met, a different checker decides',
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    idempotent: true,
    status: 202,
    answer: asked,
    refusals: [
      'not-found',
      'wrong-state',
      'disbursement-pending',
      'nothing-to-disburse',
      'collateral-threatened',
      'lending-frozen',
      'customer-frozen',
      'reason-required',
      'service-unavailable',
    ],
    handler: (call) => ask(deps, call, disburseNext, (state) => state === 'active'),
  });
}

export function adminLoanTermsRoutes(deps: ApiDeps): Route[] {
  return [
    disburseRoute(deps),
    route({
      method: 'get',
      path: '/admin/v1/loans/:id/payoff-quote',
      access: 'read',
      tag: 'loans',
      summary: 'What pays a loan off, exactly, if the payment is included at an epoch',
      params: idParams,
      query: quoteQuery,
      answer: payoffQuote,
      refusals: ['not-found', 'nothing-to-repay'],
      handler: async ({ params, query }) => ({
        body: await quoteOf(deps.knex, await loanOf(deps, params.id), query.epoch),
      }),
    }),
    route({
      method: 'post',
      path: '/admin/v1/loans/:id/extend',
      access: 'loan:extend',
      tag: 'loans',
      summary: 'Ask to move the maturity: you become the maker, a different checker decides',
      params: idParams,
      body: extensionIn,
      idempotent: true,
      status: 202,
      answer: asked,
      refusals: [
        'not-found',
        'wrong-state',
        'extension-pending',
        'extension-out-of-range',
        'reason-required',
        'service-unavailable',
      ],
      handler: (call) => ask(deps, call, extendLoan, hasDebt),
    }),
  ];
}

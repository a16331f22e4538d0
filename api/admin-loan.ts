/** Loans for staff: the list, one loan with its track, and the maker's step. */
import { z } from 'zod';
import { LOAN_SQL, loanParts } from '../db/loan-read';
import { findLoan } from '../db/loan';
import { allowedActions } from '../domain/loan';
import type { LendingTerms } from '../domain/loan-terms';
import { attoText } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { cancelAndRelease, retryNow, workflowIds, type HelpRequest } from '../workflows/handles';
import { forwardLoan } from '../workflows/handles-loan';
import type { StaffActor } from './actor';
import type { ApiDeps } from './deps';
import { idParams, reasonIn } from './fields';
import { resourceRoutes } from './list';
import { staffLoan, staffLoanFull, termsIn } from './loan-schema';
import { route, type Route } from './route';
import { loanIn } from './loan-allowed';
import { update } from './temporal';

const steered = z.strictObject({ id: z.string(), workflowId: z.string(), state: z.string() });
const helped = steered.extend({
  approvalId: z
    .string()
    .nullable()
    .meta({ description: 'Where it moves money: the approval in which another person decides' }),
});
const reasonBody = z.strictObject({ reason: reasonIn });
const forwardBody = z.strictObject({ reason: reasonIn, terms: termsIn.optional() });

function termsOf(body: z.output<typeof termsIn> | undefined): LendingTerms | undefined {
  if (body === undefined) return undefined;
  const plan = body.plan.map(({ amount, condition }) => ({ amount: attoText(BigInt(amount)), condition }));
  return { ...body, fee: attoText(BigInt(body.fee)), plan };
}

async function expectLoan(deps: ApiDeps, id: string): Promise<string> {
  if ((await findLoan(deps.knex, id)) === null)
    throw new RefusalError('not-found', `There is no loan ${id}.`);
  return workflowIds.loan(id);
}

const requestOf = (actor: StaffActor, reason: string): HelpRequest => ({
  actor: { id: actor.id, role: actor.role },
  reason,
});

function listRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      name: 'loans',
      title: 'Loans',
      sql: LOAN_SQL,
      schema: staffLoan,
      idKind: 'text',
      fields: {
        number: 'number',
        state: 'text',
        miner: 'text',
        borrowerId: 'text',
        poolId: 'text',
        createdAt: 'time',
        closedAt: 'time',
        maturityEpoch: 'number',
        offerDeadlineEpoch: 'number',
      },
      sort: ['number', 'DESC'],
      search: ['id', 'miner'],
      one: async (row) => {
        const loan = await findLoan(deps.knex, String(row['id']));
        if (!loan) throw new RefusalError('not-found');
        const parts = await loanParts(deps.knex, loan);
        const planned = parts.terms.at(-1)?.plan.length ?? 0;
        const actions = allowedActions(loan.state, {
          needsAction: loan.needs_action !== null,
          repayAsked: loan.repay_from_miner_at !== null,
          undisbursed: parts.disbursements.length < planned,
        });
        return { ...parts, allowedActions: actions };
      },
    },
    staffLoanFull,
  );
}

export function adminLoanRoutes(deps: ApiDeps): Route[] {
  const { client } = deps;
  return [
    ...listRoutes(deps),
    route({
      method: 'post',
      path: '/admin/v1/loans/:id/forward',
      access: 'loan:forward',
      tag: 'loans',
      summary: 'Forward an application to the checkers: you become its maker',
      params: idParams,
      body: forwardBody,
      idempotent: true,
      status: 202,
      answer: steered,
      refusals: [
        'not-found',
        'wrong-state',
        'reason-required',
        'terms-invalid',
        'lending-frozen',
        'customer-frozen',
        'service-unavailable',
      ],
      handler: async ({ actor, params, body, key }) => {
        const workflowId = await expectLoan(deps, params.id);
        const request = { ...requestOf(actor, body.reason), terms: termsOf(body.terms) };
        const updateId = `${actor.id}/${key}`;
        const allowed = loanIn(deps, params.id, (state) => state === 'preflight');
        const { state } = await update(client, workflowId, forwardLoan, updateId, [request], allowed);
        return {
          body: { id: params.id, workflowId, state },
          workflowId,
          location: `/admin/v1/loans/${params.id}`,
        };
      },
    }),
    ...(['cancel', 'retry'] as const).map((verb) =>
      route({
        method: 'post',
        path: `/admin/v1/loans/:id/${verb}`,
        access: 'workflow:help',
        tag: 'loans',
        summary: verb === 'cancel' ? 'End a loan before anything is lent' : 'Try the stuck step again',
        params: idParams,
        body: reasonBody,
        idempotent: true,
        status: 202,
        answer: helped,
        refusals: ['not-found', 'wrong-state', 'reason-required', 'help-asked', 'service-unavailable'],
        handler: async ({ actor, params, body, key }) => {
          const workflowId = await expectLoan(deps, params.id);
          const definition = verb === 'cancel' ? cancelAndRelease : retryNow;
          const request = requestOf(actor, body.reason);
          const answer = await update(client, workflowId, definition, `${actor.id}/${key}`, [request]);
          return {
            body: { id: params.id, workflowId, state: answer.state, approvalId: answer.approvalId },
            workflowId,
            location: `/admin/v1/loans/${params.id}`,
          };
        },
      }),
    ),
  ];
}

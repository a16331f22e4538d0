/** The way into a loan for customers: the challenge for the miner's owner, and the application with its proof. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { z } from 'zod';
import { isRefusal, RefusalError, type Refusal, type RefusalCode } from '../domain/refusal';
import { findLoan, type LoanRow } from '../db/loan';
import type { Limit } from '../db/rate-limit';
import { SA, workflowIds } from '../workflows/handles';
import {
  applyForLoan,
  challengeWorkflowId,
  type Challenge,
  type LoanApplication,
} from '../workflows/handles-loan';
import type { ApiDeps } from './deps';
import { amountIn, epochOut, idIn, started } from './fields';
import { refuseTooMany } from './registration';
import { route, type Route } from './route';
import { act, startOnce } from './temporal';

const CHALLENGES: Limit = { name: 'loan-challenge', tries: 60, windowSeconds: 600 };
export const challengeOut = z.strictObject({
  id: z.string(),
  loanId: z.string(),
  text: z
    .string()
    .meta({ description: "Sign these bytes with the miner's owner, as `lotus wallet sign` does" }),
  nonce: z.string(),
  expiryEpoch: epochOut,
});

export const applicationIn = z.strictObject({
  loanId: idIn,
  miner: z.string().min(1).max(100).meta({ example: 'f01000' }),
  amount: amountIn,
  termEpochs: z.int(),
  poolId: idIn.default('flexible'),
  proof: z.strictObject({
    address: z.string().min(1).max(200),
    signature: z.string().min(1).max(400).meta({ description: 'Hex, as `lotus wallet sign` prints it' }),
  }),
});

export const CHALLENGE_REFUSALS: readonly RefusalCode[] = [
  'miner-not-id',
  'address-malformed',
  'address-checksum',
  'address-other-network',
  'address-not-canonical',
  'service-unavailable',
  'too-many-requests',
  'lending-frozen',
  'customer-frozen',
];

export const APPLICATION_REFUSALS: readonly RefusalCode[] = [
  'miner-unknown',
  'miner-not-id',
  'miner-has-open-loan',
  'owner-proof-invalid',
  'owner-proof-expired',
  'owner-proof-used',
  'owner-kind-multisig',
  'owner-kind-contract',
  'term-out-of-range',
  'customer-not-open',
  'lending-frozen',
  'customer-frozen',
  'not-found',
  'service-unavailable',
];

type MakeChallenge = () => Promise<Challenge | Refusal>;

/** Makes a challenge for a customer's miner; the same loan id again answers the same. @throws RefusalError */
export async function challenge(
  { client }: ApiDeps,
  customerId: string,
  miner: string,
  loanId: string,
): Promise<Challenge> {
  const id = challengeWorkflowId(loanId);
  await startOnce(client, {
    type: 'ownerChallenge',
    id,
    args: [{ loanId, customerId, miner }],
    lifecycle: 'challenge',
    summary: 'Makes the text that a miner’s owner signs before a loan is asked for',
    customerId,
    prompt: true,
  });
  const answer = await act(client, () => client.workflow.getHandle<MakeChallenge>(id).result());
  if (isRefusal(answer)) throw new RefusalError(answer.refusal, answer.detail);
  return answer;
}

function isSameApplication(loan: LoanRow, application: LoanApplication): boolean {
  return (
    loan.miner === application.miner &&
    loan.amount === application.amount &&
    loan.term_epochs === application.termEpochs &&
    loan.proof_signature === application.proof.signature
  );
}

/** Starts the loan's workflow with the application as its first Update: what it refuses leaves nothing behind. */
export async function apply(
  deps: ApiDeps,
  loanId: string,
  key: string,
  application: LoanApplication,
): Promise<void> {
  const { client } = deps;
  const there = await findLoan(deps.knex, loanId);
  if (there !== null) {
    if (there.borrower_id !== application.borrowerId)
      throw new RefusalError('not-found', 'There is no such challenge.');
    if (!isSameApplication(there, application)) throw new RefusalError('owner-proof-used');
    return;
  }
  const startWorkflowOperation = new WithStartWorkflowOperation('loan', {
    workflowId: workflowIds.loan(loanId),
    taskQueue: 'core',
    args: [{ loanId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: `A loan secured by miner ${application.miner}`,
    typedSearchAttributes: new TypedSearchAttributes([
      { key: SA.lifecycle, value: 'loan' },
      { key: SA.state, value: 'new' },
      { key: SA.customerRef, value: application.borrowerId },
    ]),
  });
  await act(client, () =>
    client.workflow.executeUpdateWithStart(applyForLoan, {
      args: [application],
      updateId: `${application.borrowerId}/${key}`,
      startWorkflowOperation,
    }),
  );
}

/** Challenge and application. */
export function loanApplicationRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/loans/challenges',
      access: 'customer-open',
      scope: 'loan:apply',
      tag: 'loans',
      summary: "Get the text that the miner's owner signs",
      body: z.strictObject({ miner: z.string().min(1).max(100) }),
      idempotent: 'where-keyed',
      status: 201,
      answer: challengeOut,
      refusals: CHALLENGE_REFUSALS,
      handler: async ({ actor, body, workId }) => {
        await refuseTooMany(deps, [CHALLENGES, actor.id]);
        const made = await challenge(deps, actor.id, body.miner, workId || randomUUID());
        return { body: { id: made.loanId, ...made }, workflowId: challengeWorkflowId(made.loanId) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/loans',
      access: 'customer-open',
      scope: 'loan:apply',
      tag: 'loans',
      summary: 'Apply for a loan secured by the owner role of your miner',
      body: applicationIn,
      idempotent: true,
      status: 202,
      answer: started,
      refusals: APPLICATION_REFUSALS,
      handler: async ({ actor, body, key }) => {
        const { loanId, ...terms } = body;
        const application = { ...terms, borrowerId: actor.id, amount: body.amount };
        await apply(deps, loanId, key, application);
        const workflowId = workflowIds.loan(loanId);
        return { body: { id: loanId, workflowId }, workflowId, location: `/v1/loans/${loanId}` };
      },
    }),
  ];
}

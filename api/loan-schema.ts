/** Loans on the wire: what a customer and what staff see of them. */
import { z } from 'zod';
import { CONDITION_MAX, PLAN_MAX } from '../domain/disbursement';
import { WATERFALL } from '../domain/waterfall';
import { amountOut, epochOut, timeOut } from './fields';

const epochOrNone = epochOut.nullable();
const timeOrNone = timeOut.nullable();
const textOrNone = z.string().nullable();

/** Without which person of staff it was. */
export const customerStep = z.object({
  seq: z.int(),
  step: z.string(),
  state: z.string(),
  at: timeOut,
  epoch: epochOrNone,
  actorRole: textOrNone,
  messageId: textOrNone,
  journalId: z.int().nullable(),
  sentence: z.string(),
});

export const staffStep = customerStep.extend({ actorId: textOrNone });

const report = z.strictObject({
  stage: z.enum(['application', 'proposed', 'confirmed', 'signing']),
  height: epochOut,
  tipsetKey: z.array(z.string()),
  checks: z.array(
    z.strictObject({
      name: z.string(),
      value: z.string(),
      wanted: z.string(),
      passed: z.boolean(),
      code: textOrNone,
    }),
  ),
  passed: z.boolean(),
  code: textOrNone,
  hash: z.string(),
  at: timeOut,
});

const disbursement = z.strictObject({
  n: z.int(),
  amount: amountOut,
  messageId: z.string(),
  cid: z.string(),
  includedEpoch: epochOut,
  executedEpoch: epochOut,
});

const repayment = z.strictObject({
  id: z.string(),
  source: z.string(),
  amount: amountOut,
  penalty: amountOut,
  fee: amountOut,
  interest: amountOut,
  principal: amountOut,
  excess: amountOut,
  debtAfter: amountOut,
  includedEpoch: epochOut,
  journalId: z.int(),
  cid: z.string(),
});

/** Without which persons of staff they were. */
export const customerExtension = z.object({
  n: z.int(),
  fromEpoch: epochOut,
  toEpoch: epochOut,
  state: z.enum(['asked', 'granted', 'refused', 'cancelled']),
  grantedEpoch: epochOrNone,
  askedAt: timeOut,
  closedAt: timeOrNone,
});

const staffExtension = customerExtension.extend({
  reason: z.string(),
  makerId: z.string(),
  checkerId: textOrNone,
  approvalId: z.string(),
});

export const debt = z.strictObject({
  debt: amountOut,
  principal: amountOut,
  interest: amountOut,
  fee: amountOut,
  penalty: amountOut,
  epoch: epochOut,
  bookedEpoch: epochOut,
  estimate: z
    .boolean()
    .meta({ description: 'The epoch lies after what is booked: other loans and deposits move the rate' }),
});

/** Without which persons of staff they were. */
export const customerRequest = z.object({
  n: z.int(),
  amount: amountOut,
  condition: z.string(),
  state: z.enum(['asked', 'granted', 'disbursed', 'failed', 'refused', 'cancelled']),
  askedAt: timeOut,
  closedAt: timeOrNone,
});

const staffRequest = customerRequest.extend({
  evidence: z.string(),
  makerId: z.string(),
  checkerId: textOrNone,
  detail: textOrNone,
  approvalId: z.string(),
});

export const quoteQuery = z.strictObject({ epoch: z.coerce.number().int().min(0).optional() });
export const payoffQuote = debt.extend({ id: z.string() });

const termsOut = z.strictObject({
  version: z.int(),
  fixedBps: z
    .int()
    .nullable()
    .meta({ description: 'Rate a year in hundredths of a percent; null = the pool’s own' }),
  fee: amountOut,
  penaltyBps: z.int(),
  waterfall: z.array(z.enum(WATERFALL)),
  plan: z
    .array(z.strictObject({ amount: amountOut, condition: textOrNone }))
    .meta({ description: 'The disbursements in order; empty = the whole amount at once' }),
  actorRole: z.string(),
  at: timeOut,
});

/** What a loan is lent on, in a request. */
export const termsIn = z.strictObject({
  fixedBps: z.int().nullable().default(null),
  fee: z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,38})$/)
    .default('0')
    .meta({ description: 'attoFIL as canonical decimal text' }),
  penaltyBps: z.int().default(0),
  waterfall: z.array(z.enum(WATERFALL)).default([...WATERFALL]),
  plan: z
    .array(
      z.strictObject({
        amount: z.string().regex(/^[1-9][0-9]{0,38}$/),
        condition: z.string().max(CONDITION_MAX).nullable().default(null),
      }),
    )
    .max(PLAN_MAX)
    .default([])
    .meta({ description: 'The disbursements in order, together the amount; empty = at once' }),
});

const parts = {
  terms: z.array(termsOut),
  reports: z.array(report),
  disbursements: z.array(disbursement),
  repayments: z.array(repayment),
  debt: debt.nullable(),
  allowedActions: z.array(z.string()),
};

const walletMessage = z.strictObject({
  to: z.string(),
  from: z.string(),
  value: z.string(),
  method: z.int(),
  params: z.string().meta({ description: 'Base64 of the CBOR' }),
});

/** Fields that customers and staff see alike. */
const common = {
  id: z.string(),
  number: z.int(),
  miner: z.string(),
  amount: amountOut,
  termEpochs: z.int(),
  poolId: z.string(),
  state: z.string(),
  outcome: textOrNone,
  outcomeDetail: textOrNone,
  ownerBefore: textOrNone,
  repaymentAddress: textOrNone,
  offerDeadlineEpoch: epochOrNone,
  maturityEpoch: epochOrNone,
  repayFromMinerAt: timeOrNone,
  createdAt: timeOut,
  closedAt: timeOrNone,
};

export const customerLoan = z.strictObject({
  ...common,
  escrow: z
    .strictObject({ address: z.string(), idAddress: textOrNone })
    .nullable()
    .meta({ description: 'The ID address is shown once the message that made it is final' }),
  workflowId: z.string(),
});

export const customerLoanFull = customerLoan.extend({
  ...parts,
  steps: z.array(customerStep),
  extensions: z.array(customerExtension),
  disbursementRequests: z.array(customerRequest),
  nextAction: z
    .strictObject({
      sentence: z.string(),
      message: walletMessage.nullable(),
      command: textOrNone,
      deadlineEpoch: epochOrNone,
    })
    .nullable(),
});

export const staffLoan = z.strictObject({
  ...common,
  borrowerId: z.string(),
  forwardedBy: textOrNone,
  approvalId: textOrNone,
  escrowAddress: textOrNone,
  escrowIdAddress: textOrNone,
  needsAction: textOrNone,
  updatedAt: timeOut,
});

export const staffLoanFull = staffLoan.extend({
  ...parts,
  steps: z.array(staffStep),
  extensions: z.array(staffExtension),
  disbursementRequests: z.array(staffRequest),
});

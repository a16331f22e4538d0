/** Staff open an application that came by email, on the borrower's behalf; the borrower's owner signs all the same. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { findCustomer } from '../db/customer';
import { keepEmail, type EmailReference } from '../db/email-application';
import { findChallenge } from '../db/loan';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import { challengeWorkflowId } from '../workflows/handles-loan';
import type { ApiDeps } from './deps';
import { idIn, idParams, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import {
  APPLICATION_REFUSALS,
  applicationIn,
  apply,
  challenge,
  CHALLENGE_REFUSALS,
  challengeOut,
} from './loan-application';
import { route, type Route } from './route';

const SQL = `
  SELECT e.loan_id AS id, c.customer_id AS "borrowerId", c.miner, l.state, e.opened_by AS "openedBy",
    s.email AS "openedByEmail", e.message_id AS "messageId", e.subject, e.received_at AS "receivedAt", e.content,
    e.attachment_sha256 AS "attachmentSha256", e.opened_at AS "openedAt"
  FROM email_application e JOIN owner_challenge c ON c.loan_id = e.loan_id JOIN staff s ON s.id = e.opened_by
    LEFT JOIN loan l ON l.id = e.loan_id`;

const emailApplication = z.strictObject({
  id: z.string().meta({ description: 'Of the loan' }),
  borrowerId: z.string(),
  miner: z.string(),
  state: z.string().nullable().meta({ description: 'Of the loan; null where the application was refused' }),
  openedBy: z.string(),
  openedByEmail: z.string(),
  messageId: z.string(),
  subject: z.string(),
  receivedAt: timeOut,
  content: z.string().nullable(),
  attachmentSha256: z.string().nullable(),
  openedAt: timeOut,
});

const emailIn = z
  .strictObject({
    messageId: z
      .string()
      .max(998)
      .regex(/^<[^<>\s]+@[^<>\s]+>$/, 'The Message-ID as in the header: <…@…>.'),
    subject: z.string().max(998),
    receivedAt: z.iso.datetime({ offset: true }),
    content: z.string().trim().min(1).max(40_000).optional(),
    attachmentSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'SHA-256 in hex.')
      .optional(),
  })
  .refine(
    ({ content, attachmentSha256 }) => content !== undefined || attachmentSha256 !== undefined,
    'Attach the text of the mail, or the SHA-256 of its attachment.',
  );

function referenceOf(email: z.output<typeof emailIn>): EmailReference {
  const { messageId, subject, receivedAt, content, attachmentSha256 } = email;
  return {
    messageId,
    subject,
    receivedAt: new Date(receivedAt),
    content: content ?? null,
    attachmentSha256: attachmentSha256 ?? null,
  };
}

/** @throws RefusalError not-found, customer-not-open */
async function expectOpenCustomer(deps: ApiDeps, id: string): Promise<void> {
  const customer = await findCustomer(deps.knex, id);
  if (!customer) throw new RefusalError('not-found', `There is no customer ${id}.`);
  if (customer.state !== 'open') throw new RefusalError('customer-not-open', 'Their account is not open.');
}

function challengeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/customers/:id/loan-challenges',
    access: 'loan:open-by-email',
    tag: 'loans',
    summary: "Get the text that a borrower's owner signs, to be mailed to them",
    params: idParams,
    body: z.strictObject({ miner: z.string().min(1).max(100) }),
    idempotent: 'where-keyed',
    status: 201,
    answer: challengeOut,
    refusals: [...CHALLENGE_REFUSALS, 'customer-not-open'],
    handler: async ({ params, body, workId }) => {
      await expectOpenCustomer(deps, params.id);
      const made = await challenge(deps, params.id, body.miner, workId || randomUUID());
      return { body: { id: made.loanId, ...made }, workflowId: challengeWorkflowId(made.loanId) };
    },
  });
}

function openingRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/email-applications',
    access: 'loan:open-by-email',
    tag: 'loans',
    summary: 'Open an application received by email: you become a maker of the loan',
    body: applicationIn.extend({ borrowerId: idIn, email: emailIn }),
    idempotent: true,
    status: 202,
    answer: started,
    refusals: APPLICATION_REFUSALS,
    handler: async ({ actor, body, key }) => {
      const { loanId, borrowerId, email, ...terms } = body;
      await expectOpenCustomer(deps, borrowerId);
      const challenged = await findChallenge(deps.knex, loanId);
      if (challenged?.customer_id !== borrowerId)
        throw new RefusalError('not-found', 'There is no such challenge of theirs.');
      await keepEmail(deps.knex, loanId, actor.id, referenceOf(email));
      await apply(deps, loanId, `${actor.id}/${key}`, { ...terms, borrowerId, amount: body.amount });
      const workflowId = workflowIds.loan(loanId);
      return { body: { id: loanId, workflowId }, workflowId, location: `/admin/v1/loans/${loanId}` };
    },
  });
}

/** Challenge, opening, and the list of what was received. */
export function emailApplicationRoutes(deps: ApiDeps): Route[] {
  return [
    challengeRoute(deps),
    openingRoute(deps),
    ...resourceRoutes(deps, {
      name: 'email-applications',
      title: 'Applications received by email',
      sql: SQL,
      schema: emailApplication,
      idKind: 'text',
      fields: {
        openedAt: 'time',
        receivedAt: 'time',
        borrowerId: 'text',
        miner: 'text',
        state: 'text',
        openedBy: 'text',
      },
      sort: ['openedAt', 'DESC'],
      search: ['subject', 'messageId', 'miner'],
    }),
  ];
}

/** Letting go on what was stopped for a person, task queue `ledger`; a sender's nonces are the signer's matter. */
import type { Knex } from 'knex';
import {
  closeFinding,
  expectNotAsked,
  isBreak,
  lockFinding,
  remedyFacts,
  type RemedyFacts,
} from '../db/remedy';
import { linesIn, lineText } from '../domain/correction';
import type { RemedyRequest } from '../domain/remedy';
import { RefusalError } from '../domain/refusal';
import { postCorrection } from '../ledger/correction';
import { expectResolves } from '../ledger/read-correction';
import { workflowIds } from '../workflows/handles';
import { refusing } from './refusal';

export interface ResolveFinding {
  readonly findingId: string;
  readonly approvalId: string;
  readonly workflowId: string;
}

/** With the journal, line by line, with which a break vanishes. */
async function withJournal(
  knex: Knex,
  facts: RemedyFacts,
  { journal = [] }: RemedyRequest,
): Promise<RemedyFacts> {
  await expectResolves(knex, facts, journal);
  return { ...facts, ...Object.fromEntries(journal.map((line, i) => [`journal${i + 1}`, lineText(line)])) };
}

/** Posts what the accepted approval shows, not what the caller says, and closes the finding with it. */
async function resolve(trx: Knex.Transaction, input: ResolveFinding): Promise<void> {
  const { findingId, approvalId, workflowId } = input;
  const facts = await lockFinding(trx, findingId, approvalId);
  if (facts === null) return;
  const approval = await trx('approval')
    .where({ id: approvalId, kind: 'resolution', state: 'accepted' })
    .first<{ subject: Readonly<Record<string, unknown>> } | undefined>('subject');
  if (approval === undefined) throw new RefusalError('approval-missing');
  const lines = linesIn(approval.subject);
  const journalId = isBreak(facts) ? await postCorrection(trx, lines, { workflowId, approvalId }) : null;
  await closeFinding(trx, findingId, { approvalId, journalId });
}

export function makeRemedyActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** What the checker sees beside the reason; refused where it is not possible, or asked for already. */
    describeRemedy: refusing(async (request: RemedyRequest): Promise<RemedyFacts> => {
      const { id, kind, subjectId } = request;
      const facts = await remedyFacts(knex, kind, subjectId);
      await expectNotAsked(knex, kind, subjectId, workflowIds.remedy(id));
      return kind === 'unfreeze' ? facts : withJournal(knex, facts, request);
    }),

    /** Accepted: the books are corrected where that was part of it, and the finding is dealt with. */
    resolveFinding: refusing((input: ResolveFinding) => knex.transaction((trx) => resolve(trx, input))),
  };
}

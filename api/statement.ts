/** Statements of customers and pools over any period, to read, as CSV and on paper. */
import type { Response } from 'express';
import { z } from 'zod';
import { findCustomer } from '../db/customer';
import { isRefusal, RefusalError } from '../domain/refusal';
import { readPeriod, type Period, type Statement } from '../domain/statement';
import { customerStatement, poolStatementOver, statementNow } from '../ledger/read-statement';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, timeOut } from './fields';
import { route, type Answer, type Route } from './route';
import { statementCsv } from './statement-csv';
import { statementPdf } from './statement-pdf';

const edge = z.string().max(40).optional();
const query = z.strictObject({
  from: edge.meta({ description: 'An epoch, or a time (RFC 3339); the 30 days before `to` where absent' }),
  to: edge.meta({ description: 'As `from`, and no part of the period; now where absent' }),
  format: z.enum(['json', 'csv', 'pdf']).default('json'),
});

const line = z.strictObject({
  journalId: z.int(),
  lastJournalId: z.int().meta({ description: 'Where accruals of a day are one line, the last of them' }),
  journals: z.int().meta({ description: 'How many journals the line tells; 1 but for accruals of a day' }),
  kind: z.string(),
  bookedAt: timeOut,
  bookedEpoch: epochOut,
  effectiveEpoch: epochOut.meta({ description: 'From when it counts for interest' }),
  workflowId: z.string(),
  approvalId: z.string().nullable(),
  messageCid: z.string().nullable(),
  change: amountOut.meta({ description: 'attoFIL, below zero where the account fell' }),
  balance: amountOut,
});

const section = z.strictObject({
  account: z.string(),
  opening: amountOut,
  lines: z.array(line),
  closing: amountOut,
});

const position = z
  .strictObject({
    positionId: z.int(),
    poolId: z.string(),
    opening: amountOut,
    paidIn: amountOut,
    paidOut: amountOut,
    earned: amountOut,
    closing: amountOut,
    openingJournalId: z.int().nullable(),
    closingJournalId: z.int().nullable(),
  })
  .meta({
    description:
      'opening + paidIn − paidOut + earned = closing; worth at the share price after the named journals',
  });

const answer = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['customer', 'pool']),
    by: z.enum(['time', 'epoch']),
    from: z.union([timeOut, epochOut]),
    to: z.union([timeOut, epochOut]),
    sections: z.array(section),
    positions: z.array(position),
  })
  .meta({
    description: 'As JSON; `format=csv` answers text/csv, `format=pdf` application/pdf, as downloads',
  });

function view({ subject, period, sections, positions }: Statement): z.output<typeof answer> {
  return {
    ...{ id: subject.id, kind: subject.kind, by: period.by, from: period.from, to: period.to },
    sections: sections.map(({ account, opening, lines, closing }) => ({
      account,
      opening: opening.toString(),
      lines: lines.map(({ change, balance, ...rest }) => ({
        ...rest,
        change: change.toString(),
        balance: balance.toString(),
      })),
      closing: closing.toString(),
    })),
    positions: positions.map(({ tokenId, poolId, openingJournalId, closingJournalId, ...amounts }) => ({
      ...{ positionId: tokenId, poolId, openingJournalId, closingJournalId },
      ...{ opening: amounts.opening.toString(), paidIn: amounts.paidIn.toString() },
      ...{ paidOut: amounts.paidOut.toString(), earned: amounts.earned.toString() },
      closing: amounts.closing.toString(),
    })),
  };
}

/** `statement-pool-flexible-2026-11-01-2026-12-01`: letters, digits and dashes only. */
function nameOf({ subject, period }: Statement): string {
  const day = (value: string | number): string => String(value).slice(0, 10);
  const parts = ['statement', subject.kind, subject.id, day(period.from), day(period.to)];
  return parts.join('-').replaceAll(/[^\w-]/g, '-');
}

function download(statement: Statement, type: string, ending: string, bytes: string | Buffer) {
  return (response: Response): void => {
    response.set('Content-Disposition', `attachment; filename="${nameOf(statement)}.${ending}"`);
    response.type(type).send(bytes);
  };
}

type Format = z.output<typeof query>['format'];

async function answerOf(statement: Statement, format: Format): Promise<Answer<z.output<typeof answer>>> {
  const body = view(statement);
  if (format === 'csv')
    return { body, stream: download(statement, 'text/csv; charset=utf-8', 'csv', statementCsv(statement)) };
  if (format === 'json') return { body };
  return { body, stream: download(statement, 'application/pdf', 'pdf', await statementPdf(statement)) };
}

async function periodOf({ knex }: ApiDeps, { from, to }: z.output<typeof query>): Promise<Period> {
  const period = readPeriod(from, to, await statementNow(knex));
  if (isRefusal(period)) throw new RefusalError(period.refusal, period.detail);
  return period;
}

const common = { method: 'get', query, answer } as const;
const refusals = ['not-found', 'period-invalid', 'statement-too-long'] as const;

export function statementRoutes(deps: ApiDeps): Route[] {
  const { knex } = deps;
  return [
    route({
      ...common,
      path: '/v1/statements',
      access: 'customer',
      scope: 'account:read',
      tag: 'account',
      summary: 'Your statement over any period: each movement with its journal, and your positions',
      refusals,
      handler: async ({ actor, query: asked }) =>
        answerOf(await customerStatement(knex, actor.id, await periodOf(deps, asked)), asked.format),
    }),
    route({
      ...common,
      path: '/admin/v1/customers/:id/statement',
      access: 'read',
      tag: 'customers',
      summary: "A customer's statement over any period",
      params: idParams,
      refusals,
      handler: async ({ params, query: asked }) => {
        if ((await findCustomer(knex, params.id)) === null) throw new RefusalError('not-found');
        return answerOf(await customerStatement(knex, params.id, await periodOf(deps, asked)), asked.format);
      },
    }),
    route({
      ...common,
      path: '/admin/v1/pools/:id/statement',
      access: 'read',
      tag: 'pools',
      summary: "A pool's statement over any period: depositors, loss reserve, interest owed, principal lent",
      params: idParams,
      refusals,
      handler: async ({ params, query: asked }) =>
        answerOf(await poolStatementOver(knex, params.id, await periodOf(deps, asked)), asked.format),
    }),
  ];
}

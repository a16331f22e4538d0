/** The comparison with other platforms: what the public sees, and how staff keep it. */
import { z } from 'zod';
import {
  COMPARISON_COLUMNS,
  comparisonKey,
  comparisonsInForce,
  expectChange,
  type ComparisonVersion,
} from '../db/comparison';
import { figureKey } from '../db/figure';
import { OWN_PLATFORM, SECURITIES, type ComparisonRequest } from '../domain/comparison';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountOut, rayOut, reasonIn, started, timeOut } from './fields';
import { readOpenFigures } from './figure';
import { makeFresh, writtenOf } from './fresh';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const figures = {
  tvl: amountOut.nullable(),
  utilisation: rayOut.nullable(),
  depositApr: rayOut.nullable(),
  depositApy: rayOut.nullable(),
  borrowApr: rayOut.nullable(),
  borrowApy: rayOut.nullable(),
};
const security = z.enum(SECURITIES).meta({
  description:
    "What secures a loan: a pledge locked with the platform, or the owner role of the borrower's miner",
});
const found = {
  asOf: z.iso.date().nullable().meta({ description: 'The day the figures are of; null: there are none' }),
  source: z
    .string()
    .nullable()
    .meta({ description: 'Where they were read; null: there are none, or our own' }),
};

const openRow = z.strictObject({
  platform: z.string(),
  name: z.string(),
  own: z.boolean().meta({ description: 'Our own row, computed from our own figures' }),
  security,
  ...{ ...figures, ...found },
});

type OpenRow = z.output<typeof openRow>;

function openRowOf(row: ComparisonVersion): OpenRow {
  const { platform, name, tvl, utilisation, depositApr, depositApy, borrowApr, borrowApy, asOf, source } =
    row;
  return {
    ...{ platform, name, own: false, security: row.security },
    ...{ tvl, utilisation, depositApr, depositApy, borrowApr, borrowApy, asOf, source },
  };
}

/** Our own row first, then the others by name. */
async function readOpenRows(deps: ApiDeps): Promise<OpenRow[]> {
  const [own, others] = await Promise.all([readOpenFigures(deps), comparisonsInForce(deps.knex)]);
  const { tvl, utilisation, depositApr, depositApy, borrowApr, borrowApy, at } = own;
  return [
    {
      ...{ platform: OWN_PLATFORM, name: 'Loanstone', own: true, security: 'owner-role' },
      ...{ tvl, utilisation, depositApr, depositApy, borrowApr, borrowApy },
      ...{ asOf: at?.slice(0, 10) ?? null, source: null },
    },
    ...others.filter(({ shown }) => shown).map(openRowOf),
  ];
}

const rayIn = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,29})$/, 'A ray as decimal text.')
  .nullable();

const proposal = z.strictObject({
  platform: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'Lower-case letters, digits and hyphens, at most 40.')
    .meta({ description: 'Short name; a new one adds a platform', example: 'crossfi' }),
  basedOn: z.int().min(0).meta({ description: 'The version seen, 0 for a new platform' }),
  name: z.string().trim().min(1).max(60),
  security,
  shown: z.boolean().meta({ description: 'Whether the public sees the row' }),
  tvl: z
    .string()
    .regex(/^(?:0|[1-9][0-9]{0,38})$/, 'attoFIL as decimal text.')
    .nullable(),
  utilisation: rayIn.refine((value) => value === null || BigInt(value) <= 10n ** 27n, 'At most one ray.'),
  depositApr: rayIn,
  depositApy: rayIn,
  borrowApr: rayIn,
  borrowApy: rayIn,
  asOf: z.iso.date().nullable(),
  source: z.string().max(500).nullable(),
  reason: reasonIn,
});

const versionOf = {
  platform: z.string(),
  version: z.int(),
  name: z.string(),
  security,
  shown: z.boolean(),
  ...{ ...figures, ...found },
  approvalId: z.string().nullable(),
  enteredByEmail: z.string().nullable(),
  createdAt: timeOut,
};
const row = z.strictObject({
  id: z.string(),
  ...versionOf,
  waitingApprovalId: z
    .string()
    .nullable()
    .meta({ description: 'A change of it that waits for a second person' }),
});
const full = z.strictObject({
  ...row.shape,
  versions: z.array(z.strictObject(versionOf)).meta({ description: 'The newest first' }),
});

const VERSIONS = `SELECT ${COMPARISON_COLUMNS}, c.approval_id AS "approvalId", s.email AS "enteredByEmail",
    c.created_at AS "createdAt"
  FROM comparison c LEFT JOIN approval a ON a.id = c.approval_id LEFT JOIN staff s ON s.id = a.maker_id`;

const SQL = `SELECT newest.platform AS id, newest.*, (SELECT p.id FROM approval p WHERE p.kind = 'comparison'
      AND p.subject_id = newest.platform AND p.state = 'waiting' ORDER BY p.created_at LIMIT 1) AS "waitingApprovalId"
  FROM (SELECT DISTINCT ON (v.platform) v.* FROM (${VERSIONS}) AS v ORDER BY v.platform, v.version DESC) AS newest`;

function listRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      ...{
        name: 'comparisons',
        title: 'Comparison with other platforms',
        sql: SQL,
        schema: row,
        idKind: 'text',
      },
      fields: { name: 'text', security: 'text', shown: 'boolean', createdAt: 'time' },
      sort: ['name', 'ASC'],
      search: ['id', 'name'],
      one: async ({ id }) => {
        const { rows } = await deps.knex.raw<{ rows: { createdAt: Date }[] }>(
          `SELECT * FROM (${VERSIONS}) AS v WHERE v.platform = ? ORDER BY v.version DESC`,
          [String(id)],
        );
        return { versions: rows.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() })) };
      },
    },
    full,
  );
}

function proposeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/comparisons',
    access: 'comparison:propose',
    tag: 'comparisons',
    summary: 'Enter a row of the comparison, new or changed; somebody else decides',
    idempotent: true,
    body: proposal,
    status: 202,
    answer: started,
    refusals: [
      'comparison-own',
      'comparison-unsourced',
      'comparison-changed',
      'comparison-unchanged',
      'reason-required',
    ],
    handler: async ({ actor, body, workId: id }) => {
      const { reason, basedOn, ...entered } = body;
      const request: ComparisonRequest = {
        ...{ id, row: entered, basedOn, reason },
        actor: { id: actor.id, role: actor.role },
      };
      await expectChange(deps.knex, request);
      const workflowId = workflowIds.comparison(id);
      await startOnce(deps.client, {
        ...{ type: 'comparison', id: workflowId, args: [request], lifecycle: 'comparison' },
        summary: `The row of ${entered.name} in the comparison is to say something new`,
      });
      return {
        body: { id, workflowId },
        workflowId,
        ...(basedOn === 0 ? {} : { location: `/admin/v1/comparisons/${entered.platform}` }),
      };
    },
  });
}

export function comparisonRoutes(deps: ApiDeps): Route[] {
  const { knex } = deps;
  const rows = makeFresh({
    key: async () => `${await comparisonKey(knex)} ${await figureKey(knex)}`,
    make: async () => writtenOf(await readOpenRows(deps)),
  });
  return [
    ...listRoutes(deps),
    proposeRoute(deps),
    route({
      method: 'get',
      path: '/public/v1/comparisons',
      access: 'public',
      tag: 'public',
      summary: 'Other platforms beside ours, each with what secures its loans, dated and sourced',
      answer: z.array(openRow),
      refusals: ['too-many-requests'],
      handler: async () => {
        const written = await rows();
        return { body: written.body, written };
      },
    }),
  ];
}

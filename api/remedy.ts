/** What staff ask for and a second person agrees to: a frozen sender signs again, a finding is dealt with. */
import { z } from 'zod';
import { expectNotAsked, remedyFacts } from '../db/remedy';
import { expectResolves } from '../ledger/read-correction';
import type { CorrectionLine } from '../domain/correction';
import type { RemedyKind, RemedyRequest } from '../domain/remedy';
import type { RefusalCode } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountIn, idParams, reasonIn, started } from './fields';
import { route, type Route } from './route';
import { startOnce } from './temporal';

interface Ask {
  readonly kind: RemedyKind;
  readonly resource: 'senders' | 'findings';
  readonly verb: string;
  readonly summary: string;
  readonly story: (subjectId: string) => string;
  readonly refusals: readonly RefusalCode[];
  readonly body: z.ZodType<{
    readonly reason: string;
    readonly journal?: readonly CorrectionLine[] | undefined;
  }>;
}

const line = z.strictObject({
  side: z.enum(['debit', 'credit']),
  code: z.string().meta({
    description:
      'custody.…, or one of suspense.unidentified, customer.available, equity, gas.expense, writeoff.expense, fee.income',
  }),
  owner: z.string().max(200).default(''),
  amount: amountIn,
});

const reasonBody = z.strictObject({ reason: reasonIn });

const ASKS: readonly Ask[] = [
  {
    kind: 'unfreeze',
    resource: 'senders',
    verb: 'unfreeze',
    summary: 'Ask that a frozen sender signs again; somebody else decides',
    story: (address) => `The frozen sender ${address} is to sign again`,
    refusals: ['not-found', 'sender-not-frozen', 'remedy-asked', 'reason-required'],
    body: reasonBody,
  },
  {
    kind: 'resolution',
    resource: 'findings',
    verb: 'resolve',
    summary: 'Ask that a finding counts as dealt with; somebody else decides',
    story: (id) => `Finding ${id} is to count as dealt with`,
    refusals: [
      'not-found',
      'finding-resolved',
      'finding-holds',
      'remedy-asked',
      'reason-required',
      'break-remains',
      'journal-invalid',
    ],
    body: reasonBody.extend({
      journal: z
        .array(line)
        .optional()
        .meta({ description: 'Of a reconciliation break: the journal with which books and chain agree' }),
    }),
  },
];

function askRoute(
  deps: ApiDeps,
  { kind, resource, verb, summary, story, refusals, body: shape }: Ask,
): Route {
  return route({
    method: 'post',
    path: `/admin/v1/${resource}/:id/${verb}`,
    access: 'remedy:ask',
    tag: resource,
    summary,
    idempotent: true,
    params: idParams,
    body: shape,
    status: 202,
    answer: started,
    refusals: [...refusals],
    handler: async ({ actor, params, body, workId: id }) => {
      const subjectId = params.id;
      const facts = await remedyFacts(deps.knex, kind, subjectId);
      if (kind === 'resolution') await expectResolves(deps.knex, facts, body.journal ?? []);
      const workflowId = workflowIds.remedy(id);
      await expectNotAsked(deps.knex, kind, subjectId, workflowId);
      const asked: RemedyRequest = {
        id,
        kind,
        subjectId,
        reason: body.reason,
        ...(body.journal !== undefined && { journal: body.journal }),
        actor: { id: actor.id, role: actor.role },
      };
      await startOnce(deps.client, {
        type: 'remedy',
        id: workflowId,
        args: [asked],
        lifecycle: 'remedy',
        summary: story(subjectId),
      });
      return { body: { id, workflowId }, workflowId, location: `/admin/v1/${resource}/${subjectId}` };
    },
  });
}

export function remedyRoutes(deps: ApiDeps): Route[] {
  return ASKS.map((ask) => askRoute(deps, ask));
}

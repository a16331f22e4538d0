/** What staff ask for and a second person agrees to: a frozen sender signs again, a finding is dealt with. */
import { z } from 'zod';
import { expectNotAsked, remedyFacts } from '../db/remedy';
import type { RemedyKind, RemedyRequest } from '../domain/remedy';
import type { RefusalCode } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { idParams, reasonIn, started } from './fields';
import { route, type Route } from './route';
import { startOnce } from './temporal';

interface Ask {
  readonly kind: RemedyKind;
  readonly resource: 'senders' | 'findings';
  readonly verb: string;
  readonly summary: string;
  readonly story: (subjectId: string) => string;
  readonly refusals: readonly RefusalCode[];
}

const ASKS: readonly Ask[] = [
  {
    kind: 'unfreeze',
    resource: 'senders',
    verb: 'unfreeze',
    summary: 'Ask that a frozen sender signs again; somebody else decides',
    story: (address) => `The frozen sender ${address} is to sign again`,
    refusals: ['not-found', 'sender-not-frozen', 'remedy-asked', 'reason-required'],
  },
  {
    kind: 'resolution',
    resource: 'findings',
    verb: 'resolve',
    summary: 'Ask that a finding counts as dealt with; somebody else decides',
    story: (id) => `Finding ${id} is to count as dealt with`,
    refusals: ['not-found', 'finding-resolved', 'finding-holds', 'remedy-asked', 'reason-required'],
  },
];

function askRoute(deps: ApiDeps, { kind, resource, verb, summary, story, refusals }: Ask): Route {
  return route({
    method: 'post',
    path: `/admin/v1/${resource}/:id/${verb}`,
    access: 'remedy:ask',
    tag: resource,
    summary,
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    status: 202,
    answer: started,
    refusals: [...refusals],
    handler: async ({ actor, params, body, workId: id }) => {
      const subjectId = params.id;
      await remedyFacts(deps.knex, kind, subjectId);
      const workflowId = workflowIds.remedy(id);
      await expectNotAsked(deps.knex, kind, subjectId, workflowId);
      const asked: RemedyRequest = {
        id,
        kind,
        subjectId,
        reason: body.reason,
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

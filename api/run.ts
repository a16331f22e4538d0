/** Runs a declared route: who, may they, what do they ask, once; then the answer, or the problem. */
import { createHash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { claimKey, keepAnswer, workIdOf, type IdempotentAnswer } from '../db/idempotency';
import { noteRefusal } from '../db/refused-attempt';
import { RefusalError } from '../domain/refusal';
import type { SignedIn } from './actor';
import { authenticate, authorize, refuseForeignOrigin } from './authenticate';
import type { ApiDeps } from './deps';
import type { Answer, RawCall, Route, Written } from './route';

/** Refusals of a sign-in are worth a record though nobody is signed in; the rate limit bounds them. */
const SIGN_IN_REFUSALS = [
  'code-wrong',
  'code-stale',
  'code-used',
  'credentials-wrong',
  'api-key-expired',
  'api-key-revoked',
];
/** Worth a record on reads too: somebody looked where they may not. */
const READING_REFUSALS = ['not-allowed', 'scope-missing', 'api-key-not-enough'];

function keyOf(request: Request, idempotent: Route['idempotent']): string {
  const raw = request.headers['idempotency-key'];
  if (idempotent === false || (idempotent === 'where-keyed' && raw === undefined)) return '';
  // The draft has a structured-field string ("…" quoted); the bare form is common.
  const key = typeof raw === 'string' ? raw.trim().replace(/^"(.*)"$/, '$1') : '';
  if (key === '') throw new RefusalError('idempotency-key-missing');
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new RefusalError('malformed-request', 'The Idempotency-Key is 1 to 200 visible ASCII characters.');
  }
  return key;
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

async function record(
  deps: ApiDeps,
  route: Route,
  request: Request,
  actor: SignedIn | null,
  error: RefusalError,
) {
  if (['GET', 'HEAD'].includes(request.method) && !READING_REFUSALS.includes(error.code)) return;
  if (!actor && !SIGN_IN_REFUSALS.includes(error.code)) return;
  await noteRefusal(deps.knex, {
    actorId: actor?.id ?? 'anonymous',
    actorRole: actor?.role ?? 'anonymous',
    action: `${route.method.toUpperCase()} ${route.path}`,
    subject: request.path,
    code: error.code,
    detail: error.message,
    requestId: requestIdOf(request),
  });
}

/** Set by app.ts before anything else. */
export function requestIdOf(request: Request): string {
  const id: unknown = request.res?.locals['requestId'];
  return typeof id === 'string' ? id : '';
}

async function once(
  deps: ApiDeps,
  route: Route,
  raw: RawCall,
  actorId: string,
): Promise<
  IdempotentAnswer & { replayed: boolean } & Pick<Answer<unknown>, 'headers' | 'stream' | 'written'>
> {
  const perform = route.prepare(raw);
  const name = `${route.method} ${route.path}`;
  const bodyHash = createHash('sha256')
    .update(sortedJson({ params: raw.params, body: raw.body }))
    .digest('hex');
  const claim = { actor: actorId, key: raw.key, route: name, bodyHash };
  const kept = raw.key !== '' ? await claimKey(deps.knex, claim) : null;
  if (kept === 'reused') throw new RefusalError('idempotency-key-reused');
  if (kept) return { ...kept, replayed: true };
  const { body, location, workflowId, headers, stream, written } = await perform();
  if (deps.settings.checkAnswers) route.answer.parse(body);
  const answer = { status: route.status, body, location: location ?? null };
  if (raw.key !== '')
    await keepAnswer(deps.knex, claim, {
      ...answer,
      body: route.keep(body),
      workflowId: workflowId ?? null,
    });
  return {
    ...{ ...answer, replayed: false },
    ...{ ...(headers ? { headers } : {}), ...(stream ? { stream } : {}), ...(written ? { written } : {}) },
  };
}

/** Whether If-None-Match names this tag, weak or strong; its `*` names any. */
function hasTag(request: Request, etag: string): boolean {
  const named = (request.headers['if-none-match'] ?? '').split(',').map((tag) => tag.trim());
  return named.some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}

/** 304 for whoever has it. Not Express' own: that answers in full where the caller's library adds `no-cache`. */
function sendWritten(response: Response, { etag, text }: Written<unknown>): void {
  response.set({ ETag: etag });
  if (hasTag(response.req, etag)) response.status(304).end();
  else response.type('application/json').send(text);
}

function send(route: Route, response: Response, answer: Awaited<ReturnType<typeof once>>): void {
  response.status(answer.status);
  response.set(
    'Cache-Control',
    route.access === 'public' && route.method === 'get' ? 'public, max-age=1' : 'no-store',
  );
  if (answer.location !== null) response.location(answer.location);
  if (answer.replayed) response.set('Idempotency-Replayed', 'true');
  if (answer.headers) response.set({ ...answer.headers });
  if (answer.stream) answer.stream(response);
  else if (answer.written) {
    sendWritten(response, answer.written);
  } else if (route.contentType !== undefined && typeof answer.body === 'string') {
    response.type(route.contentType).send(answer.body);
  } else {
    response.json(answer.body);
  }
}

/** The Express handler of a route. */
export function runRoute(deps: ApiDeps, route: Route): RequestHandler {
  const name = `${route.method} ${route.path}`;
  return async (request, response) => {
    let actor: SignedIn | null = null;
    response.locals['route'] = route.path;
    try {
      refuseForeignOrigin(deps, request);
      actor = await authenticate(deps, request, route.access);
      response.locals['actor'] = actor?.id;
      authorize(actor, route);
      const key = keyOf(request, route.idempotent);
      const actorId = actor?.id ?? 'anonymous';
      const raw: RawCall = {
        actor,
        params: request.params,
        query: request.query,
        body: request.body as unknown,
        key,
        workId: key === '' ? '' : workIdOf(actorId, name, key),
        requestId: requestIdOf(request),
        ip: request.ip ?? '',
        lastEventId: String(request.headers['last-event-id'] ?? ''),
      };
      send(route, response, await once(deps, route, raw, actorId));
    } catch (error) {
      if (error instanceof RefusalError) await record(deps, route, request, actor, error);
      throw error;
    }
  };
}

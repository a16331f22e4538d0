/** The Express application: what is the same for every call; the calls themselves are declared in routes.ts. */
import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { devMail } from './dev-mail';
import { docsPages } from './docs';
import type { Lifetime } from './health';
import { makeMetrics, type Metrics } from './metrics';
import { openToAll } from './open';
import { LimitError, problemOf } from './problem';
import { allRoutes } from './routes';
import { requestIdOf, runRoute } from './run';
import { staticUi } from './static-ui';

const BODY_LIMIT = '64kb';
/** Node and pg errors that say: not now. */
const PASSING = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', '53300', '57P01', '57P02', '57P03'];

const csp = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    // The admin UI's widgets write style elements at run time.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

function identify(deps: ApiDeps, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const given = request.headers['x-request-id'];
    const requestId = typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
    response.locals['requestId'] = requestId;
    response.set('X-Request-Id', requestId);
    const began = performance.now();
    response.on('finish', () => {
      const seconds = (performance.now() - began) / 1000;
      const template: unknown = response.locals['route'];
      const route = typeof template === 'string' ? template : 'other';
      metrics.note(request.method, route, response.statusCode, seconds);
      const { statusCode: status, locals } = response;
      const line = { requestId, method: request.method, route, status, ms: Math.round(seconds * 1000) };
      deps.log.info(
        { ...line, actor: locals['actor'] as unknown, refusal: locals['refusal'] as unknown },
        'call',
      );
    });
    next();
  };
}

const jsonOnly: RequestHandler = (request, _response, next) => {
  const length = request.headers['content-length'];
  const empty =
    request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0');
  if (!empty && request.is('application/json') === false) throw new RefusalError('unsupported-media-type');
  next();
};

function textField(error: unknown, name: 'type' | 'code'): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}

function asRefusal(error: unknown): RefusalError {
  if (error instanceof RefusalError) return error;
  if (error instanceof URIError) return new RefusalError('malformed-request', 'The path is not decodable.');
  const type = textField(error, 'type');
  if (type === 'entity.too.large') return new RefusalError('request-too-large');
  if (type === 'entity.parse.failed') return new RefusalError('malformed-request', 'The body is not JSON.');
  if (type.startsWith('encoding.') || type.startsWith('charset.'))
    return new RefusalError('unsupported-media-type');
  if (type !== '') return new RefusalError('malformed-request');
  if (PASSING.includes(textField(error, 'code'))) return new RefusalError('service-unavailable');
  return new RefusalError('internal-error');
}

function answerProblem(deps: ApiDeps): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const refusal = asRefusal(error);
    const requestId = requestIdOf(request);
    const problem = problemOf(refusal, request.path, requestId);
    if (problem.status >= 500) deps.log.error({ err: error, requestId }, 'a call failed');
    response.locals['refusal'] = problem.code;
    response.status(problem.status).set('Cache-Control', 'no-store');
    if (refusal instanceof LimitError) response.set('Retry-After', String(refusal.retryAfterSeconds));
    if (problem.status === 503) response.set('Retry-After', '1');
    response.type('application/problem+json').send(JSON.stringify(problem));
  };
}

/** The whole API as an Express application; it opens no port. */
export function makeApp(deps: ApiDeps, lifetime: Lifetime = { stopping: false }): Express {
  const app = express();
  const metrics = makeMetrics(deps.knex);
  const routes = allRoutes(deps, metrics, lifetime);
  app.disable('x-powered-by').disable('etag');
  app.set('trust proxy', deps.settings.trustProxy);
  app.use(identify(deps, metrics));
  const https = deps.settings.publicUrl.startsWith('https:');
  app.use(helmet({ contentSecurityPolicy: csp, strictTransportSecurity: https }));
  app.use(jsonOnly, express.json({ limit: BODY_LIMIT, strict: true }));
  app.use('/public/v1', openToAll(deps.settings.openCalls));
  for (const route of routes) app[route.method](route.path, runRoute(deps, route));
  app.use(docsPages(routes));
  if (deps.settings.development && deps.settings.devMailUrl !== undefined)
    app.use(devMail(deps.settings.devMailUrl));
  app.use(['/v1', '/admin/v1', '/public/v1', '/dev'], () => {
    throw new RefusalError('not-found');
  });
  app.use(staticUi(deps.settings.adminUiDir));
  app.use(() => {
    throw new RefusalError('not-found');
  });
  app.use(answerProblem(deps));
  return app;
}

/** OpenAPI 3.1 from the declared routes: what is validated and what is documented cannot differ. */
import { OpenAPIRegistry, OpenApiGeneratorV31, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { PERMISSIONS } from '../domain/permission';
import { REFUSALS, type RefusalCode } from '../domain/refusal';
import { audienceOf, type Access } from './actor';
import { problemSchema } from './problem';
import type { Route } from './route';

const SCHEMES = {
  customer: ['customerCookie', 'bearer'],
  staff: ['staffCookie', 'bearer'],
  public: [],
} as const;

function accessText(access: Access): string {
  if (access === 'public') return 'Open to everyone.';
  if (access === 'customer') return 'For customers.';
  if (access === 'customer-open') return 'For customers whose account is open.';
  return `For staff with the permission \`${access}\`: ${PERMISSIONS[access].join(', ')}.`;
}

function scopeText({ scope }: Route): string {
  if (scope === null) return '';
  return scope === 'none' ? ' No API key may.' : ` API keys need the scope \`${scope}\`.`;
}

/** OpenAPI 3.1 lets a reference have its own description: here the codes. */
const PROBLEM = { $ref: '#/components/responses/Problem' };

const KEY_REFUSALS: readonly RefusalCode[] = [
  'api-key-unknown',
  'api-key-expired',
  'api-key-revoked',
  'too-many-requests',
];

/** The refusals that a route has by what it is, and its own. */
export function refusalsOf(route: Route): RefusalCode[] {
  const codes: RefusalCode[] = ['malformed-request', 'internal-error', 'service-unavailable'];
  if (route.access !== 'public') codes.push('not-signed-in');
  if (route.access === 'customer-open') codes.push('customer-not-open');
  if (route.scope !== null)
    codes.push(...KEY_REFUSALS, route.scope === 'none' ? 'api-key-not-enough' : 'scope-missing');
  if (audienceOf(route.access) === 'staff') codes.push('not-allowed');
  if (route.method === 'get') codes.push('unknown-filter');
  else codes.push('unknown-field', 'unsupported-media-type', 'request-too-large', 'origin-foreign');
  if (route.path.includes(':')) codes.push('not-found');
  if (route.idempotent === true) codes.push('idempotency-key-missing');
  if (route.idempotent !== false) codes.push('idempotency-key-reused');
  return [...new Set([...codes, ...route.refusals])];
}

function problems(route: Route): RouteConfig['responses'] {
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of refusalsOf(route)) {
    const { status } = REFUSALS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), { ...PROBLEM, description: codes.join(', ') }]),
  );
}

function isObjectSchema(schema: z.ZodType | undefined): schema is z.ZodObject {
  return schema instanceof z.ZodObject;
}

const idempotencyHeader = z.strictObject({
  'Idempotency-Key': z
    .string()
    .meta({ description: 'One key, one effect, for ever; up to 200 visible characters' }),
});

const KEY_HEADER = [idempotencyHeader, idempotencyHeader.partial()] as const;

const lastEventHeader = z.strictObject({
  'Last-Event-ID': z.string().optional().meta({ description: 'The last event that was seen' }),
});

function configOf(route: Route): RouteConfig {
  const { params, query, body, contentType = 'application/json' } = route;
  return {
    method: route.method,
    path: route.path.replace(/:(\w+)/g, '{$1}'),
    summary: route.summary,
    description: `${accessText(route.access)}${scopeText(route)}`,
    tags: [route.tag],
    security: SCHEMES[audienceOf(route.access)].map((name) => ({ [name]: [] })),
    request: {
      ...(isObjectSchema(params) ? { params } : {}),
      ...(isObjectSchema(query) ? { query } : {}),
      ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
      ...(route.idempotent === false ? {} : { headers: KEY_HEADER[route.idempotent === true ? 0 : 1] }),
      ...(contentType.startsWith('text/event-stream') ? { headers: lastEventHeader } : {}),
    },
    responses: {
      [String(route.status)]: {
        description: route.summary,
        content: { [contentType.split(';')[0] ?? contentType]: { schema: route.answer } },
      },
      ...problems(route),
    },
  };
}

function problemJsonSchema() {
  return Object.fromEntries(
    Object.entries(z.toJSONSchema(problemSchema)).filter(([key]) => key !== '$schema'),
  );
}

/** The document, as committed in docs/openapi.json. */
export function openApiOf(routes: readonly Route[]): ReturnType<OpenApiGeneratorV31['generateDocument']> {
  const registry = new OpenAPIRegistry();
  const cookie = (name: string) => ({ type: 'apiKey', in: 'cookie', name }) as const;
  registry.registerComponent('securitySchemes', 'customerCookie', cookie('loanstone_session'));
  registry.registerComponent('securitySchemes', 'staffCookie', cookie('loanstone_staff'));
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  // OpenAPI 3.1 takes JSON Schema as it is.
  registry.registerComponent('schemas', 'Problem', problemJsonSchema());
  registry.registerComponent('responses', 'Problem', {
    description: 'RFC 9457',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  });
  for (const route of routes) registry.registerPath(configOf(route));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Loanstone',
      version: '1',
      description:
        'Amounts are decimal text in attoFIL. Calls that start work answer 202 with Location and workflowId. ' +
        'Whatever is refused is an RFC 9457 problem with a code; docs/api.md lists the codes.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

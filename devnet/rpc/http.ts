import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerBody, HttpFault, type Handler } from './envelope';
import type { Caller, Permission } from './method';
import type { Tokens } from './token';

const PATHS = new Set(['/rpc/v0', '/rpc/v1']);
const MAX_BODY = 100 * 1024 * 1024;
const ANONYMOUS: readonly Permission[] = ['read'];
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)/i;

export interface ServerParts {
  readonly tokens: Tokens;
  readonly controlToken: string | null;
  readonly handler: Handler;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    size += bytes.length;
    if (size > MAX_BODY) throw new HttpFault(413, 'request too large');
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}

type Identity = Pick<Caller, 'permissions' | 'control'>;

function identify(token: string, parts: ServerParts): Identity | null {
  if (parts.controlToken !== null && token === parts.controlToken) {
    return { permissions: ['read', 'write', 'sign', 'admin'], control: true };
  }
  const verdict = parts.tokens.verify(token);
  return verdict.ok ? { permissions: verdict.allow ?? [], control: false } : null;
}

/** Go's http.Request.FormValue: with a form content type it eats the body, whatever that holds. */
function formToken(url: URL, request: IncomingMessage, body: string): { token: string; body: string } {
  const isForm = FORM.test(request.headers['content-type'] ?? '');
  const eats = isForm && ['POST', 'PUT', 'PATCH'].includes(request.method ?? '');
  const inBody = eats ? new URLSearchParams(body).get('token') : null;
  return { token: inBody ?? url.searchParams.get('token') ?? '', body: eats ? '' : body };
}

function send(response: ServerResponse, status: number, body: string, type: string | null): void {
  if (response.destroyed) return;
  response.writeHead(status, type === null ? {} : { 'content-type': type });
  response.end(body);
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://node');
  if (!PATHS.has(url.pathname)) {
    send(response, 404, '404 page not found\n', 'text/plain; charset=utf-8');
    return;
  }
  const raw = await readBody(request);
  const header = request.headers.authorization ?? '';
  const form = header === '' ? formToken(url, request, raw) : { token: '', body: raw };
  const given = header === '' && form.token !== '' ? `Bearer ${form.token}` : header;
  const identity =
    given === ''
      ? { permissions: ANONYMOUS, control: false }
      : given.startsWith('Bearer ')
        ? identify(given.slice('Bearer '.length), parts)
        : null;
  if (identity === null) {
    send(response, 401, '', null);
    return;
  }
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  const { status, body } = await answerBody(form.body, parts.handler, { ...identity, gone: hangUp.signal });
  send(response, status, body, 'application/json');
}

/** The node's HTTP side: paths, tokens and bodies as Lotus has them. */
export function makeServer(parts: ServerParts): Server {
  const server = createServer((request, response) => {
    serve(request, response, parts).catch((error: unknown) => {
      if (error instanceof HttpFault)
        send(response, error.status, error.message, 'text/plain; charset=utf-8');
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 0;
  return server;
}

/** The one way to the API: same-origin cookies, JSON both ways, problems as errors. */
import { Problem, problemOf } from './problem';

export const API = '/admin/v1';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly json: unknown;
  readonly headers: Headers;
}

async function send(path: string, call: Call): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json', ...call.headers });
  const init: RequestInit = { method: call.method ?? 'GET', headers, credentials: 'same-origin' };
  if (call.body !== undefined) {
    headers.set('Content-Type', 'application/json');
    init.body = JSON.stringify(call.body);
  }
  if (call.signal) init.signal = call.signal;
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'The server cannot be reached.', 'unreachable', null, []);
  }
}

function parsed(body: string): unknown {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    // A proxy may answer with a page; the status still says what happened.
    return null;
  }
}

/** Calls the API. @throws Problem for every answer outside 2xx and for no answer at all (status 0). */
export async function request(path: string, call: Call = {}): Promise<Answer> {
  const response = await send(path, call);
  const json = parsed(await response.text());
  if (!response.ok) {
    throw problemOf(response.status, response.statusText, json, response.headers.get('x-request-id'));
  }
  return { json, headers: response.headers };
}

/** RFC 9457 problems as errors that react-admin and our own screens can show. */

export interface FieldProblem {
  readonly pointer: string;
  readonly message: string;
}

/**
 * What the server said: `message` is its detail; `code` and `requestId` let support find the case.
 * Not react-admin's HttpError: that resets the prototype, so `instanceof` of a subclass fails.
 */
export class Problem extends Error {
  /** HTTP status; 0 where no usable answer came. */
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;
  readonly fields: readonly FieldProblem[];
  constructor(
    status: number,
    detail: string,
    code: string,
    requestId: string | null,
    fields: readonly FieldProblem[],
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
    this.fields = fields;
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function entries(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const { pointer, path, message, detail } = entries(item);
    return { pointer: text(pointer) ?? text(path) ?? '', message: text(message) ?? text(detail) ?? '' };
  });
}

/** Reads a response that is not 2xx; a body that is no problem document still gives a readable error. */
export function problemOf(
  status: number,
  statusText: string,
  body: unknown,
  requestId: string | null,
): Problem {
  const { detail, title, code, type, requestId: bodyRequestId, errors } = entries(body);
  const message =
    text(detail) ?? text(title) ?? (statusText === '' ? `The server answered ${status}.` : statusText);
  const name = text(code) ?? text(type) ?? `http-${status}`;
  return new Problem(status, message, name, text(bodyRequestId) ?? requestId, fieldProblems(errors));
}

/** Code and request id of an error in one line, where it has them. */
export function referenceOf(error: unknown): string | null {
  if (!(error instanceof Problem)) return null;
  return error.requestId === null ? error.code : `${error.code} · request ${error.requestId}`;
}

/** The sentence of any thrown value. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong.';
}

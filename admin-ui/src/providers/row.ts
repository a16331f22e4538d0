/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- the caller names the documented shape */
/** The one place where JSON from our own API takes the shape its resource documents. */
import type { RaRecord } from 'react-admin';
import { Problem } from './problem';

function malformed(what: string): Problem {
  return new Problem(0, `The server's answer is not ${what}.`, 'malformed-answer', null, []);
}

/** One object. */
export function objectOf<T>(json: unknown): T {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw malformed('an object');
  return json as T;
}

/** One record with its `id`. */
export function rowOf<T extends RaRecord>(json: unknown): T {
  const row = objectOf<T>(json);
  if (!('id' in row)) throw malformed('a record with an id');
  return row;
}

/** An array of records. */
export function rowsOf<T extends RaRecord>(json: unknown): T[] {
  if (!Array.isArray(json)) throw malformed('a list');
  return json.map((item) => rowOf<T>(item));
}

/** An array of plain objects. */
export function listOf<T>(json: unknown): T[] {
  if (!Array.isArray(json)) throw malformed('a list');
  return json.map((item) => objectOf<T>(item));
}

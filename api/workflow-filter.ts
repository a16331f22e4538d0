/** Temporal's visibility query of a list of workflows, from the filter that was asked for. */
import { FAILING } from './failing';
import type { ListQuery } from './list';
import { RequestError } from './problem';
import { STATUSES } from './workflow-history';

const FILTERS: Readonly<Record<string, string>> = {
  id: 'WorkflowId',
  ids: 'WorkflowId',
  lifecycle: 'Lifecycle',
  state: 'State',
  customerRef: 'CustomerRef',
  status: 'ExecutionStatus',
  type: 'WorkflowType',
};

/** For a visibility query; ids and names of ours need no more letters than these. */
function plainText(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\w./:+-]{1,200}$/.test(value)) {
    throw new RequestError([
      { pointer: '?filter', code: 'malformed-request', detail: `"${name}" takes a plain text.` },
    ]);
  }
  return value;
}

function conditionOf(name: string, value: unknown): string {
  if (name === 'needsAction' && typeof value === 'boolean') {
    // No NOT of the first: what never asked has no NeedsAction at all.
    return value
      ? `(NeedsAction = true OR ${FAILING})`
      : `(NeedsAction = false OR NeedsAction IS NULL) AND NOT ${FAILING}`;
  }
  const field = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (field === undefined) {
    const detail = `"${name}" cannot be filtered by.`;
    throw new RequestError([{ pointer: '?filter', code: 'unknown-filter', detail }]);
  }
  const values = (Array.isArray(value) ? value : [value]).map((item) => plainText(name, item));
  const known = name === 'status' ? values.filter((status) => STATUSES.includes(status)) : values;
  // Temporal takes neither an empty list nor a status that it does not know; nothing has either.
  if (known.length === 0) return "WorkflowId = ''";
  return `${field} IN (${known.map((item) => `'${item}'`).join(', ')})`;
}

/** The visibility query of a list; runs that went on in a new one are left out unless asked for. */
export function visibilityQuery({ filter = {}, sort }: ListQuery): string {
  if (sort && (sort[0] !== 'startedAt' || sort[1] !== 'DESC')) {
    const detail = 'Workflows are sorted by ["startedAt","DESC"] only.';
    throw new RequestError([{ pointer: '?sort', code: 'unknown-filter', detail }]);
  }
  const parts = Object.entries(filter).map(([name, value]) => conditionOf(name, value));
  if (!('status' in filter)) parts.push("ExecutionStatus != 'ContinuedAsNew'");
  return parts.join(' AND ');
}

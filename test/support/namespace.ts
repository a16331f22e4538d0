import { randomBytes } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { waitFor } from '../../stack/wait';
import { SEARCH_ATTRIBUTES } from '../../stack/temporal';

/** temporal.api.enums.v1.IndexedValueType */
const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

/** A Temporal namespace of its own with the product's search attributes: product processes have fixed task queues. */
export async function ownNamespace({ connection }: Client): Promise<string> {
  const namespace = `test-${randomBytes(6).toString('hex')}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]),
  );
  await waitFor(
    async () => {
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
      return true;
    },
    { what: `namespace ${namespace}`, timeoutMs: 30_000 },
  );
  return namespace;
}

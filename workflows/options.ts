/**
 * Activity options by kind of work. Retries are unlimited: a refusal is non-retryable, a fault is waited out. A
 * start-to-close time is also how long a killed worker is missed, so it is no longer than the work may take.
 */
import type { ActivityOptions } from '@temporalio/workflow';

const patient = { initialInterval: '500ms', maximumInterval: '30s', backoffCoefficient: 2 } as const;

export const OPTIONS = {
  ledger: { taskQueue: 'ledger', startToCloseTimeout: '20s', retry: patient },
  chain: { taskQueue: 'chain', startToCloseTimeout: '30s', retry: patient },
  signer: { taskQueue: 'signer', startToCloseTimeout: '20s', retry: patient },
  mail: { taskQueue: 'mail', startToCloseTimeout: '30s', retry: { ...patient, maximumInterval: '5m' } },
  batch: { taskQueue: 'batch', startToCloseTimeout: '10m', heartbeatTimeout: '30s', retry: patient },
} as const satisfies Record<string, ActivityOptions>;

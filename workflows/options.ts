/**
 * Activity options by kind of work. Retries are unlimited: a refusal is non-retryable, a fault is waited out. Workers
 * let every activity heartbeat (workers/heartbeat.ts): a killed one is missed after that time-out, not after the
 * start-to-close time, which is how long the work may take.
 */
import type { ActivityOptions } from '@temporalio/workflow';

const patient = { initialInterval: '500ms', maximumInterval: '30s', backoffCoefficient: 2 } as const;
const common = { heartbeatTimeout: '10s', retry: patient } as const;

export const OPTIONS = {
  ledger: { ...common, taskQueue: 'ledger', startToCloseTimeout: '20s' },
  chain: { ...common, taskQueue: 'chain', startToCloseTimeout: '30s' },
  signer: { ...common, taskQueue: 'signer', startToCloseTimeout: '20s' },
  mail: {
    ...common,
    taskQueue: 'mail',
    startToCloseTimeout: '30s',
    retry: { ...patient, maximumInterval: '5m' },
  },
  batch: { taskQueue: 'batch', startToCloseTimeout: '10m', heartbeatTimeout: '30s', retry: patient },
} as const satisfies Record<string, ActivityOptions>;

/** All activities by the task queue that serves them; one line a lifecycle. The signer's are its own process. */
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Lotus } from '../chain/lotus';
import type { WorkerConfig } from '../config';
import { makeAddressActivities } from './address';
import { makeApprovalActivities } from './approval';
import { makeDepositActivities } from './deposit';
import { makeLoanActivities } from './loan';
import { makeLoanChainActivities } from './loan-chain';
import { makeMailActivities, type Mailer } from './mail';
import { makeAccrualActivities, makePoolActivities } from './pool';
import { makeMessageActivities } from './message';
import { makeLoginCodeActivities, makeOnboardingActivities } from './onboarding';
import { makeReconciliationActivities } from './reconciliation';
import { makeSweepActivities } from './sweep';
import { makeTopUpActivities } from './top-up';
import { makeWatchActivities } from './watch';

export interface ActivityDeps {
  readonly knex: Knex;
  readonly client: Client;
  readonly lotus: Lotus;
  readonly mailer: Mailer;
  readonly log: Logger;
  readonly config: WorkerConfig;
}

export type ActivityQueue = 'ledger' | 'chain' | 'mail' | 'batch';

/** Activities grouped by task queue. */
export function makeActivities(deps: ActivityDeps) {
  return {
    ledger: {
      ...makeAddressActivities(deps),
      ...makeApprovalActivities(deps),
      ...makeDepositActivities(deps),
      ...makeLoanActivities(deps),
      ...makePoolActivities(deps),
      ...makeOnboardingActivities(deps),
      ...makeSweepActivities(deps),
    },
    chain: {
      ...makeMessageActivities(deps),
      ...makeTopUpActivities(deps),
      ...makeWatchActivities(deps),
      ...makeReconciliationActivities(deps),
      ...makeLoanChainActivities(deps),
    },
    mail: { ...makeMailActivities(deps), ...makeLoginCodeActivities(deps) },
    batch: { ...makeAccrualActivities(deps) },
  };
}

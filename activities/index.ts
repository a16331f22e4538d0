/** All activities by the task queue that serves them; one line a lifecycle. The signer's are its own process. */
import { makeAddressActivities } from './address';
import { makeApprovalActivities } from './approval';
import { makeAssignmentActivities } from './assignment';
import { makeAlertActivities, makeCollateralActivities } from './collateral';
import { makeComparisonActivities } from './comparison';
import { makeColdActivities, makeCustodyActivities } from './custody';
import { makeDepositActivities } from './deposit';
import { makeFreezeActivities } from './freeze';
import { makeHistoryExportActivities } from './history-export';
import { makeLoanActivities } from './loan';
import { makeLoanChainActivities } from './loan-chain';
import { makeMailActivities } from './mail';
import { makePostActivities } from './mail-post';
import { makePolicyActivities } from './policy';
import { makeRateActivities } from './rate';
import { makeAccrualActivities, makePoolActivities } from './pool';
import { makeMessageActivities } from './message';
import { makeLoginCodeActivities, makeOnboardingActivities } from './onboarding';
import { makeReconciliationActivities } from './reconciliation';
import { makeRedemptionActivities } from './redemption';
import { makeRemedyActivities } from './remedy';
import { makeSweepActivities } from './sweep';
import { makeTopUpActivities } from './top-up';
import { makeWatchActivities } from './watch';
import { makeWithdrawalActivities } from './withdrawal';
import { makeWithdrawalAddressActivities, makeWithdrawalAddressChainActivities } from './withdrawal-address';
import { makeWithdrawalChainActivities } from './withdrawal-chain';

/** What the lifecycles need, together. */
export type ActivityDeps = Parameters<typeof makeAddressActivities>[0] &
  Parameters<typeof makeApprovalActivities>[0] &
  Parameters<typeof makeCollateralActivities>[0] &
  Parameters<typeof makeDepositActivities>[0] &
  Parameters<typeof makeHistoryExportActivities>[0] &
  Parameters<typeof makeLoanActivities>[0] &
  Parameters<typeof makePoolActivities>[0] &
  Parameters<typeof makeOnboardingActivities>[0] &
  Parameters<typeof makeSweepActivities>[0] &
  Parameters<typeof makeMessageActivities>[0] &
  Parameters<typeof makeTopUpActivities>[0] &
  Parameters<typeof makeWatchActivities>[0] &
  Parameters<typeof makeWithdrawalAddressChainActivities>[0] &
  Parameters<typeof makeWithdrawalChainActivities>[0] &
  Parameters<typeof makeReconciliationActivities>[0] &
  Parameters<typeof makeLoanChainActivities>[0] &
  Parameters<typeof makeMailActivities>[0] &
  Parameters<typeof makePostActivities>[0];

export type ActivityQueue = 'ledger' | 'chain' | 'mail' | 'batch';

/** Activities grouped by task queue. */
export function makeActivities(deps: ActivityDeps) {
  return {
    ledger: {
      ...makeAddressActivities(deps),
      ...makeAlertActivities(deps),
      ...makeApprovalActivities(deps),
      ...makeAssignmentActivities(deps),
      ...makeComparisonActivities(deps),
      ...makeCustodyActivities(deps),
      ...makeDepositActivities(deps),
      ...makeFreezeActivities(deps),
      ...makeLoanActivities(deps),
      ...makePolicyActivities(deps),
      ...makePoolActivities(deps),
      ...makeRateActivities(deps),
      ...makeRedemptionActivities(deps),
      ...makeRemedyActivities(deps),
      ...makeOnboardingActivities(deps),
      ...makePostActivities(deps),
      ...makeSweepActivities(deps),
      ...makeWithdrawalActivities(deps),
      ...makeWithdrawalAddressActivities(deps),
    },
    chain: {
      ...makeMessageActivities(deps),
      ...makeTopUpActivities(deps),
      ...makeWatchActivities(deps),
      ...makeReconciliationActivities(deps),
      ...makeLoanChainActivities(deps),
      ...makeCollateralActivities(deps),
      ...makeWithdrawalAddressChainActivities(deps),
      ...makeWithdrawalChainActivities(deps),
      ...makeColdActivities(deps),
    },
    mail: { ...makeMailActivities(deps), ...makeLoginCodeActivities(deps) },
    batch: { ...makeAccrualActivities(deps), ...makeHistoryExportActivities(deps) },
  };
}

/** Everything of a loan that reads the chain, task queue `chain`. */
import { makeLoanApplicationActivities } from './loan-application';
import type { LoanDeps } from './loan-deps';
import { makeLoanIncomeActivities } from './loan-income';
import { makeLoanMessageActivities } from './loan-message';
import { makePreflightActivities } from './preflight';

export function makeLoanChainActivities(deps: LoanDeps) {
  return {
    ...makeLoanApplicationActivities(deps),
    ...makePreflightActivities(deps),
    ...makeLoanMessageActivities(deps),
    ...makeLoanIncomeActivities(deps),
  };
}

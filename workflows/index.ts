/** The entry of the workflow bundle: one line a lifecycle. */
export { accrual } from './accrual';
export { chainWatch } from './chain-watch';
export { collateral } from './collateral';
export { deposit } from './deposit';
export { historyExport } from './history-export';
export { loan } from './loan';
export { ownerChallenge } from './loan-challenge';
export { mail } from './mail';
export { message } from './message';
export { onboarding } from './onboarding';
export { reconciliation } from './reconciliation';
export { redemption } from './redemption';
export { remedy } from './remedy';
export { signIn } from './sign-in';
export { subscription } from './subscription';
export { sweep } from './sweep';
export { topUp } from './top-up';

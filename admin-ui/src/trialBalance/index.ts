import { page } from '../layout/page';

export const trialBalance = page(async () => (await import('./TrialBalancePage')).TrialBalancePage);

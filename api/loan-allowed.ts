/** Whether the database has a loan in a state in which something may be asked of it. */
import { findLoan } from '../db/loan';
import type { LoanState } from '../domain/loan';
import type { ApiDeps } from './deps';
import type { Allowed } from './temporal';

/** For `update`: reads the loan anew each time it is asked. */
export function loanIn({ knex }: ApiDeps, id: string, fits: (state: LoanState) => boolean): Allowed {
  return async () => {
    const loan = await findLoan(knex, id);
    return loan !== null && fits(loan.state);
  };
}

import { API, request } from '../providers/request';
import { rowOf } from '../providers/row';
import { Loaded } from '../layout/Loaded';
import type { Loan } from './loan';
import { PreflightReports } from './PreflightReports';

async function readLoan(id: string, signal: AbortSignal): Promise<Loan> {
  return rowOf<Loan>((await request(`${API}/loans/${encodeURIComponent(id)}`, { signal })).json);
}

/** The pre-flight reports of a loan, for its approval. */
export function LoanPreflight({ loanId }: { readonly loanId: string }) {
  return (
    <Loaded queryKey={['loans', 'preflight', loanId]} read={(signal) => readLoan(loanId, signal)}>
      {(loan) => <PreflightReports reports={loan.reports ?? []} />}
    </Loaded>
  );
}

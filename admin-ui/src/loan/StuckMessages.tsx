import { Alert } from '@mui/material';
import { Link } from 'react-admin';
import { Rare } from '../layout/Rare';
import { API, request } from '../providers/request';
import { listOf } from '../providers/row';
import { workflowPath } from '../workflow/workflow';

interface OwnMessage {
  readonly id: string;
  readonly workflowId: string;
  readonly needsAction: string | null;
  readonly closedAt: string | null;
}

async function readStuck(loanId: string, signal: AbortSignal): Promise<OwnMessage[]> {
  const filter = encodeURIComponent(JSON.stringify({ subjectKind: 'loan', subjectId: loanId }));
  const rows = listOf<OwnMessage>((await request(`${API}/messages?filter=${filter}`, { signal })).json);
  return rows.filter(({ needsAction, closedAt }) => needsAction !== null && closedAt === null);
}

/** Messages of the loan that cannot go on; each is helped on the page of its own workflow. */
export function StuckMessages({ loanId }: { readonly loanId: string }) {
  return (
    <Rare queryKey={['messages', 'stuck', loanId]} read={(signal) => readStuck(loanId, signal)}>
      {({ id, workflowId, needsAction }) => (
        <Alert
          key={id}
          severity="warning"
          variant="outlined"
          role="note"
          sx={{ mb: 2, overflowWrap: 'anywhere' }}
        >
          {needsAction} <Link to={workflowPath(workflowId)}>Retry, or cancel and release</Link>
        </Alert>
      )}
    </Rare>
  );
}

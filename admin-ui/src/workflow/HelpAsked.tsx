import { Alert } from '@mui/material';
import { Link } from 'react-admin';
import { Rare } from '../layout/Rare';
import { API, request } from '../providers/request';
import { listOf } from '../providers/row';

interface Asked {
  readonly id: string;
  readonly subject: Readonly<Record<string, unknown>>;
  readonly makerId: string | null;
  readonly makerEmail: string | null;
}

async function readAsked(workflowId: string, signal: AbortSignal): Promise<Asked[]> {
  const filter = encodeURIComponent(JSON.stringify({ workflowId, kind: 'help', state: 'waiting' }));
  return listOf<Asked>((await request(`${API}/approvals?filter=${filter}`, { signal })).json);
}

/** Help that somebody asked for and that waits for a second person. */
export function HelpAsked({ workflowId }: { readonly workflowId: string }) {
  return (
    <Rare queryKey={['approvals', 'help', workflowId]} read={(signal) => readAsked(workflowId, signal)}>
      {({ id, subject, makerId, makerEmail }) => (
        <Alert key={id} severity="info" variant="outlined" role="note" sx={{ mb: 2 }}>
          {makerEmail ?? makerId} asked to{' '}
          {subject['action'] === 'cancel' ? 'cancel and release' : 'try again'}: another person decides.{' '}
          <Link to={`/approvals/${id}/show`}>Open the request</Link>
        </Alert>
      )}
    </Rare>
  );
}

import { Tooltip } from '@mui/material';
import { DataTable } from 'react-admin';
import { HashField } from '../field/HashField';
import { TimeField } from '../field/TimeField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';

/** An attempt that was refused, as /admin/v1/refusals gives it. */
interface Refusal {
  readonly id: number;
  readonly at: string;
  readonly actorId: string;
  readonly actorRole: string;
  readonly actorEmail: string | null;
  readonly action: string;
  readonly subject: string;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
}

function whoOf({ actorEmail, actorRole, actorId }: Refusal): string {
  if (actorRole === 'anonymous') return 'nobody signed in';
  return actorEmail ?? `${actorRole} ${actorId.slice(0, 8)}`;
}

export function RefusalList() {
  return (
    <ListPage
      title="Refused attempts"
      hint="Who tried what, and why it was not done. Nothing was changed by any of them."
      sort={{ field: 'id', order: 'DESC' }}
    >
      <Rows<Refusal> rowClick={false} empty="Nothing has been refused.">
        <DataTable.Col<Refusal> source="id" label="When" render={({ at }) => <TimeField value={at} />} />
        <DataTable.Col<Refusal> source="actorRole" label="Who" disableSort render={whoOf} />
        <DataTable.Col<Refusal>
          source="action"
          label="Tried to"
          disableSort
          render={({ action, subject }) => (
            <Tooltip title={subject}>
              <code style={{ whiteSpace: 'nowrap' }}>{action}</code>
            </Tooltip>
          )}
        />
        <DataTable.Col<Refusal>
          source="detail"
          label="Why not"
          disableSort
          render={({ detail, code }) => (
            <>
              {detail}{' '}
              <code className="aside" style={{ whiteSpace: 'nowrap' }}>
                {code}
              </code>
            </>
          )}
        />
        <DataTable.Col<Refusal>
          source="requestId"
          label="Request"
          disableSort
          render={({ requestId }) => <HashField value={requestId} what="request id" />}
        />
      </Rows>
    </ListPage>
  );
}

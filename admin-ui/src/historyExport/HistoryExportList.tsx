import { DataTable, Link } from 'react-admin';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { workflowPath } from '../workflow/workflow';

/** A copy of a closed history, as /admin/v1/history-exports gives it. */
interface HistoryExport {
  /** Its place in the chain. */
  readonly id: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  readonly closedAt: string;
  readonly events: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly chain: string;
  readonly exportedAt: string;
}

export function HistoryExportList() {
  return (
    <ListPage
      title="History copies"
      hint="Every closed run, kept for good, each linked to the one before. npm run verify-history checks and replays them."
      sort={{ field: 'id', order: 'DESC' }}
    >
      <Rows<HistoryExport> rowClick={false} empty="No run has closed and been copied yet.">
        <DataTable.Col<HistoryExport> source="id" label="Nr." align="right" />
        <DataTable.Col<HistoryExport>
          source="workflowId"
          label="Workflow"
          render={({ workflowId, runId }) => (
            <Link to={workflowPath(workflowId, runId)} style={{ overflowWrap: 'anywhere' }}>
              {workflowId}
            </Link>
          )}
        />
        <DataTable.Col<HistoryExport>
          source="status"
          label="Ended"
          disableSort
          render={({ status }) => <StateChip state={status} />}
        />
        <DataTable.Col<HistoryExport>
          source="closedAt"
          label="Closed"
          render={({ closedAt }) => <TimeField value={closedAt} />}
        />
        <DataTable.Col<HistoryExport>
          source="exportedAt"
          label="Copied"
          render={({ exportedAt }) => <TimeField value={exportedAt} />}
        />
        <DataTable.Col<HistoryExport> source="events" label="Events" align="right" />
        <DataTable.Col<HistoryExport>
          source="sha256"
          label="SHA-256"
          disableSort
          render={({ sha256 }) => <HashField value={sha256} what="SHA-256" />}
        />
        <DataTable.Col<HistoryExport>
          source="chain"
          label="Link of the chain"
          disableSort
          render={({ chain }) => <HashField value={chain} what="link" />}
        />
      </Rows>
    </ListPage>
  );
}

import { Link } from 'react-admin';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { CopyChip } from './CopyChip';
import { partPath, readRuns } from './reads';
import { workflowPath, type Run } from './workflow';

const columns = (id: string) => [
  {
    label: 'Run',
    cell: ({ runId }: Run) => <HashField value={runId} what="run id" to={workflowPath(id, runId)} />,
  },
  { label: 'Status', cell: ({ status }: Run) => <StateChip state={status} /> },
  { label: 'Started', cell: ({ startedAt }: Run) => <TimeField value={startedAt} /> },
  { label: 'Closed', cell: ({ closedAt }: Run) => <TimeField value={closedAt} /> },
  { label: 'Kept', cell: ({ live, copy }: Run) => <CopyChip live={live} copy={copy} /> },
  {
    label: 'SHA-256 of its history',
    cell: ({ copy }: Run) => (copy === null ? <Nothing /> : <HashField value={copy.sha256} what="SHA-256" />),
  },
  {
    label: 'Download',
    cell: ({ runId }: Run) => (
      <a href={partPath(id, 'history', runId)} download>
        raw history
      </a>
    ),
  },
];

/** All runs of a workflow, each with where its history is kept. */
export function Runs({ workflowId }: { readonly workflowId: string }) {
  return (
    <Panel
      title="Runs"
      hint="And the copies kept of those that closed"
      side={<Link to="/history-exports">All copies</Link>}
      flush
    >
      <Loaded
        queryKey={['workflows', 'runs', workflowId]}
        read={(signal: AbortSignal) => readRuns(workflowId, signal)}
        everyMs={10_000}
      >
        {(rows) => (
          <PlainTable
            label="Runs"
            rows={rows.slice(0, 50)}
            keyOf={({ runId }) => runId}
            empty="No run is listed yet."
            columns={columns(workflowId)}
          />
        )}
      </Loaded>
    </Panel>
  );
}

import Download from '@mui/icons-material/Download';
import { Alert, Button } from '@mui/material';
import { Link } from 'react-admin';
import { useSearchParams } from 'react-router';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { HelpAsked } from './HelpAsked';
import { HelpButtons } from './HelpButtons';
import { CopyChip } from './CopyChip';
import { partPath, readStory } from './reads';
import { RelatedLink } from './RelatedLink';
import { Runs } from './Runs';
import { Story } from './Story';
import { workflowPath, type PendingActivity, type Workflow } from './workflow';

function Standing({ row }: { readonly row: Workflow }) {
  return (
    <Panel
      title="Where it stands"
      hint={row.waitingFor == null ? undefined : `waiting for ${row.waitingFor}`}
    >
      <Facts
        columns={4}
        facts={[
          { label: 'State', value: <StateChip state={row.state} /> },
          { label: 'Run', value: <StateChip state={row.status} /> },
          { label: 'Started', value: <TimeField value={row.startedAt} /> },
          { label: 'Closed', value: <TimeField value={row.closedAt} /> },
          { label: 'About', value: <RelatedLink workflowId={row.id} /> },
          {
            label: 'Started by',
            value:
              row.parentId == null ? (
                <Nothing />
              ) : (
                <Link to={workflowPath(row.parentId)}>{row.parentId}</Link>
              ),
          },
          { label: 'Run id', value: <HashField value={row.runId} what="run id" /> },
          { label: 'Events in its history', value: row.historyLength.toLocaleString('en') },
          { label: 'Kept', value: <CopyChip live={row.source !== 'archive'} copy={row.copy ?? null} /> },
          { label: 'SHA-256 of its copy', value: <HashField value={row.copy?.sha256} what="SHA-256" /> },
        ]}
      />
    </Panel>
  );
}

function Pending({ rows }: { readonly rows: readonly PendingActivity[] }) {
  if (rows.length === 0) return null;
  return (
    <Panel title="In progress now" flush>
      <PlainTable
        label="In progress"
        rows={rows}
        keyOf={({ activity }, index) => `${activity}-${index}`}
        empty=""
        columns={[
          { label: 'Step', cell: ({ activity }) => activity },
          { label: 'Attempt', align: 'right', cell: ({ attempt }) => attempt },
          { label: 'What went wrong last', cell: ({ lastFailure }) => lastFailure ?? <Nothing /> },
        ]}
      />
    </Panel>
  );
}

function Body({ row }: { readonly row: Workflow }) {
  const [search] = useSearchParams();
  const run = search.get('run') ?? undefined;
  const told = run ?? (row.source === 'archive' ? row.runId : undefined);
  const read = (signal: AbortSignal) => readStory(row.id, told, signal);
  return (
    <>
      {row.needsActionSentence == null ? null : (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          {row.needsActionSentence}
        </Alert>
      )}
      {row.status === 'Running' ? <HelpAsked workflowId={row.id} /> : null}
      <Standing row={row} />
      <Pending rows={row.pending ?? []} />
      <Panel
        title={run === undefined ? 'Its story' : `The story of run ${run.slice(0, 8)}…`}
        hint={
          row.source === 'archive'
            ? 'Told from the copy: Temporal no longer holds it'
            : 'In the order it happened'
        }
      >
        <Loaded
          queryKey={['workflows', 'story', row.id, told]}
          read={read}
          everyMs={row.status === 'Running' && run === undefined ? 3_000 : 600_000}
        >
          {(events) => <Story events={events} workflowId={row.id} />}
        </Loaded>
      </Panel>
      <Runs workflowId={row.id} />
    </>
  );
}

export function WorkflowShow() {
  return (
    <ShowPage<Workflow>
      list={['/workflows', 'Workflows']}
      title={(row) => row.id}
      hint={(row) => row.summary ?? undefined}
      side={(row) => (
        <>
          <Button
            component="a"
            href={partPath(row.id, 'history', row.runId)}
            download
            variant="outlined"
            startIcon={<Download />}
          >
            Raw history
          </Button>
          <HelpButtons workflow={row} />
        </>
      )}
      body={(row) => <Body row={row} />}
    />
  );
}

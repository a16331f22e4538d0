import Download from '@mui/icons-material/Download';
import { Button } from '@mui/material';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { API, request } from '../providers/request';
import { listOf } from '../providers/row';
import { RelatedLink } from './RelatedLink';
import { Story } from './Story';
import type { StoryEvent, Workflow } from './workflow';

const path = (id: string): string => `${API}/workflows/${encodeURIComponent(id)}`;

async function readStory(id: string, signal: AbortSignal): Promise<StoryEvent[]> {
  return listOf<StoryEvent>((await request(`${path(id)}/story`, { signal })).json);
}

function Body({ row }: { readonly row: Workflow }) {
  return (
    <>
      <Panel title="Where it stands">
        <Facts
          columns={4}
          facts={[
            { label: 'State', value: <StateChip state={row.state} /> },
            { label: 'Run', value: <StateChip state={row.status} /> },
            { label: 'Started', value: <TimeField value={row.startedAt} /> },
            { label: 'Closed', value: <TimeField value={row.closedAt} /> },
            { label: 'About', value: <RelatedLink workflowId={row.id} /> },
            { label: 'Run id', value: <HashField value={row.runId} what="run id" /> },
          ]}
        />
      </Panel>
      <Panel title="Its story" hint="In the order it happened">
        <Loaded
          queryKey={['workflows', 'story', row.id]}
          read={(signal) => readStory(row.id, signal)}
          everyMs={3_000}
        >
          {(events) => <Story events={events} />}
        </Loaded>
      </Panel>
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
        <Button
          component="a"
          href={`${path(row.id)}/history`}
          download
          variant="outlined"
          startIcon={<Download />}
        >
          Raw history
        </Button>
      )}
      body={(row) => <Body row={row} />}
    />
  );
}

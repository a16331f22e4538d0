import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { AgeField } from '../field/TimeField';
import { StateChip } from '../field/StateChip';
import { Panel } from '../layout/Panel';
import { workflowPath } from '../workflow/workflow';
import type { Asking, Help } from './reads';

interface HelpWantedProps {
  readonly needs: Help;
}

function Line({ workflow: { id, state, startedAt, sentence } }: { readonly workflow: Asking }) {
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', md: 'minmax(0, 1fr) auto' },
        gap: '2px 24px',
        alignItems: 'baseline',
        py: 1.25,
        borderTop: '1px solid',
        borderColor: 'divider',
        '&:first-of-type': { borderTop: 0 },
      }}
    >
      <Box sx={{ fontSize: 14.5, fontWeight: 500, overflowWrap: 'anywhere' }}>
        <Link to={workflowPath(id)}>{sentence ?? 'It does not say what it waits for: open its story'}</Link>
        <Box sx={{ fontSize: 12.5, fontWeight: 400, color: 'text.secondary' }}>{id}</Box>
      </Box>
      <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center', color: 'text.secondary', fontSize: 12.5 }}>
        {state === null ? null : <StateChip state={state} />}
        <span>
          began <AgeField value={startedAt} />
        </span>
      </Box>
    </Box>
  );
}

/** How a run ends that a person has to set going again. */
const stops = ['Terminated', 'Failed', 'Canceled', 'TimedOut'];

/** Workflows that cannot go on alone: first of all on the screen, each in its own words. */
export function HelpWanted({ needs: { count, stopped, workflows } }: HelpWantedProps) {
  if (count === 0) return null;
  const all = `/workflows?filter=${encodeURIComponent(JSON.stringify({ needsAction: true, status: 'Running' }))}`;
  const ended = `/workflows?filter=${encodeURIComponent(JSON.stringify({ status: stops }))}`;
  return (
    <Panel
      title={count === 1 ? 'One workflow needs action' : `${count} workflows need action`}
      side={
        <Box sx={{ display: 'flex', gap: 2 }}>
          {stopped === 0 ? null : <Link to={ended}>All that were stopped</Link>}
          {stopped === count ? null : <Link to={all}>All that ask</Link>}
        </Box>
      }
      tone="bad"
    >
      <Box component="ul" aria-label="Workflows that need action" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {workflows.map((workflow) => (
          <Line key={workflow.id} workflow={workflow} />
        ))}
      </Box>
    </Panel>
  );
}

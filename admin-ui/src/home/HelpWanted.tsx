import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { AgeField } from '../field/TimeField';
import { StateChip } from '../field/StateChip';
import { Panel } from '../layout/Panel';
import { workflowPath } from '../workflow/workflow';
import type { Asking, Count } from './reads';

interface HelpWantedProps {
  readonly needs: Count & { readonly workflows: readonly Asking[] };
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

/** Workflows that cannot go on alone: first of all on the screen, each in its own words. */
export function HelpWanted({ needs: { count, workflows } }: HelpWantedProps) {
  if (count === 0) return null;
  const all = `/workflows?filter=${encodeURIComponent(JSON.stringify({ needsAction: true, status: 'Running' }))}`;
  return (
    <Panel
      title={count === 1 ? 'One workflow needs action' : `${count} workflows need action`}
      side={<Link to={all}>All of them</Link>}
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

import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { HashField } from '../field/HashField';
import { linksBeside } from './fold';
import { workflowPath, type StoryEvent } from './workflow';

const pages: Readonly<Record<string, string>> = {
  journal: 'journals',
  message: 'messages',
  approval: 'approvals',
  loan: 'loans',
  customer: 'customers',
};

/** Other runs of the same workflow. */
const runs: Readonly<Record<string, string>> = { before: 'the run before', next: 'the next run' };

interface StoryLinksProps {
  readonly links: StoryEvent['links'];
  /** The workflow told about: a link to its own subject says nothing new. */
  readonly workflowId: string;
}

/** From a sentence to the records it speaks of. */
export function StoryLinks({ links, workflowId }: StoryLinksProps) {
  const shown = linksBeside(links, workflowId);
  if (shown.length === 0) return null;
  return (
    <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1.5, fontSize: 12.5 }}>
      {shown.map(([name, id]) => {
        if (name === 'workflow') {
          const run = links['run'];
          return (
            <Link key={name} to={workflowPath(String(id), run === undefined ? undefined : String(run))}>
              its story
            </Link>
          );
        }
        if (name === 'run') return null;
        const near = runs[name];
        if (near !== undefined) {
          return (
            <Link key={name} to={workflowPath(workflowId, String(id))}>
              {near}
            </Link>
          );
        }
        const resource = pages[name];
        if (resource === undefined) return <HashField key={name} value={String(id)} what={name} />;
        const label = typeof id === 'number' ? `${name} ${id}` : name;
        return (
          <Link key={name} to={`/${resource}/${encodeURIComponent(id)}/show`}>
            {label}
          </Link>
        );
      })}
    </Box>
  );
}

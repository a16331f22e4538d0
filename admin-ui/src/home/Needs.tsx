import { Alert, Box } from '@mui/material';
import { Link } from 'react-admin';
import { AgeField } from '../field/TimeField';
import { workflowPath } from '../workflow/workflow';
import { needsOf, type Home } from './reads';

/** What cannot go on without a person, in words, before everything else. */
export function Needs({ figures }: { readonly figures: Home }) {
  const needs = needsOf(figures);
  if (needs.length === 0) return null;
  return (
    <Box component="ul" aria-label="Needs a person" sx={{ listStyle: 'none', p: 0, m: 0, mb: 2 }}>
      {needs.map(({ id, sentence, startedAt }) => (
        <li key={id}>
          <Alert severity="warning" variant="outlined" role="note" sx={{ mb: 1, overflowWrap: 'anywhere' }}>
            {sentence ?? 'It asks for help and does not answer now.'}{' '}
            <Box component="span" sx={{ display: 'block', fontSize: 12.5 }}>
              <Link to={workflowPath(id)}>{id}</Link>, begun <AgeField value={startedAt} />
            </Box>
          </Alert>
        </li>
      ))}
    </Box>
  );
}

import { Box } from '@mui/material';
import type { ReactNode } from 'react';
import { Title } from 'react-admin';

interface PageHeadProps {
  readonly title: string;
  readonly above?: ReactNode;
  readonly hint?: ReactNode;
  readonly side?: ReactNode;
}

/** The head of every page: where it belongs, its name, one line of meaning, and what can be done. */
export function PageHead({ title, above, hint, side }: PageHeadProps) {
  return (
    <Box component="header" sx={{ display: 'flex', alignItems: 'flex-end', flexWrap: 'wrap', gap: 2, mb: 2 }}>
      <Title title={title} />
      <Box sx={{ minWidth: 0 }}>
        {above === undefined ? null : <Box sx={{ fontSize: 13, mb: '2px' }}>{above}</Box>}
        <Box
          component="h1"
          sx={{ m: 0, fontSize: 22, lineHeight: 1.25, fontWeight: 650, letterSpacing: '-0.01em' }}
        >
          {title}
        </Box>
        {hint === undefined ? null : (
          <Box className="hint" sx={{ color: 'text.secondary', fontSize: 13.5, mt: '2px' }}>
            {hint}
          </Box>
        )}
      </Box>
      <Box sx={{ ml: 'auto', display: 'flex', gap: 1, alignItems: 'center' }}>{side}</Box>
    </Box>
  );
}

import { Box } from '@mui/material';
import type { ReactNode } from 'react';

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** Labelled values in columns, as a definition list. */
export function Facts({
  facts,
  columns = 3,
}: {
  readonly facts: readonly Fact[];
  readonly columns?: number;
}) {
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gap: '14px 28px',
        gridTemplateColumns: { xs: '1fr', md: `repeat(${columns}, minmax(0, 1fr))` },
      }}
    >
      {facts.map(({ label, value }) => (
        <div key={label}>
          <Box component="dt" sx={{ color: 'text.secondary', fontSize: 12, lineHeight: 1.4 }}>
            {label}
          </Box>
          <Box component="dd" sx={{ m: 0, mt: '2px', fontSize: 14, overflowWrap: 'anywhere' }}>
            {value}
          </Box>
        </div>
      ))}
    </Box>
  );
}

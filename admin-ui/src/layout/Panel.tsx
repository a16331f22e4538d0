import { Box, Card } from '@mui/material';
import { useId, type ReactNode } from 'react';

interface PanelProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly side?: ReactNode;
  readonly children: ReactNode;
  /** A strong edge for what must not be overlooked. */
  readonly tone?: 'bad';
  /** Tables reach the edges of the panel. */
  readonly flush?: boolean;
}

/** One titled part of a page. */
export function Panel({ title, hint, side, children, tone, flush = false }: PanelProps) {
  const id = useId();
  return (
    <Card
      component="section"
      aria-labelledby={id}
      sx={{
        mb: 2,
        overflow: 'hidden',
        ...(tone === undefined ? {} : { borderLeft: '4px solid', borderLeftColor: 'error.main' }),
      }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'baseline',
          flexWrap: 'wrap',
          columnGap: 2,
          px: 2.5,
          pt: 2,
          pb: 1.25,
        }}
      >
        <Box component="h2" id={id} sx={{ m: 0, fontSize: 15, fontWeight: 600 }}>
          {title}
        </Box>
        {hint === undefined ? null : (
          <Box component="span" className="hint" sx={{ color: 'text.secondary', fontSize: 13 }}>
            {hint}
          </Box>
        )}
        <Box sx={{ ml: 'auto' }}>{side}</Box>
      </Box>
      {flush ? (
        <Box className="sideways" role="group" aria-labelledby={id} tabIndex={0}>
          {children}
        </Box>
      ) : (
        <Box sx={{ px: 2.5, pb: 2.5 }}>{children}</Box>
      )}
    </Card>
  );
}

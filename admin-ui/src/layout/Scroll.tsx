import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** Something wider than a small screen, to be moved sideways with finger, wheel or arrow keys. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <Box role="region" aria-label={label} tabIndex={0} sx={{ overflowX: 'auto', mx: -0.5, px: 0.5, pb: 0.5 }}>
      {children}
    </Box>
  );
}

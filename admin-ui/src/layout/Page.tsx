import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** The measure of a page. */
export function Page({ children }: { readonly children: ReactNode }) {
  return (
    <Box sx={{ p: { xs: 1.5, md: 3 }, pt: { md: 2.5 }, maxWidth: 1480, width: '100%', mx: 'auto' }}>
      {children}
    </Box>
  );
}

import { Box } from '@mui/material';
import type { ReactNode } from 'react';

/** Nothing here, said kindly; what would bring something stands in the text. */
export function Blank({ text, children }: { readonly text: string; readonly children?: ReactNode }) {
  return (
    <Box sx={{ py: 5, px: 3, textAlign: 'center', color: 'text.secondary' }}>
      <svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true" style={{ opacity: 0.45 }}>
        <path
          d="M16 3 28 10v12L16 29 4 22V10zM4 10l12 7 12-7M16 17v12"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.2"
          strokeLinejoin="round"
        />
      </svg>
      <Box sx={{ mt: 1, fontSize: 14, maxWidth: 460, mx: 'auto' }}>{text}</Box>
      {children}
    </Box>
  );
}

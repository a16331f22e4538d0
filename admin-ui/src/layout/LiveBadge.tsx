import { Box } from '@mui/material';

/** Says whether the page follows the server by itself; only a change of that is read out. */
export function LiveBadge({ stale }: { readonly stale: boolean }) {
  return (
    <Box component="span" role="status" aria-live="polite" className={`tone tone-${stale ? 'care' : 'good'}`}>
      <Box
        component="span"
        aria-hidden
        sx={{
          width: 7,
          height: 7,
          m: '0 1px',
          borderRadius: 4,
          bgcolor: 'currentColor',
          animation: stale ? 'none' : 'pulse 2.4s ease-in-out infinite',
        }}
      />
      {stale ? 'Not updating' : 'Live'}
    </Box>
  );
}

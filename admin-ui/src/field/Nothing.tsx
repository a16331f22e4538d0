import { Box } from '@mui/material';

/** No value: a dash that screen readers call by its meaning. */
export function Nothing() {
  return (
    <Box component="span" role="img" aria-label="none" sx={{ color: 'text.disabled' }}>
      —
    </Box>
  );
}

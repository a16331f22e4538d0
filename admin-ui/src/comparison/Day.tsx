import { Box } from '@mui/material';
import { Nothing } from '../field/Nothing';

/** A day, YYYY-MM-DD, in one piece. */
export function Day({ value }: { readonly value: string | null }) {
  if (value === null) return <Nothing />;
  return (
    <Box component="time" dateTime={value} sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
      {value}
    </Box>
  );
}

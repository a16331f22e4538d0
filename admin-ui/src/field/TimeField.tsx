import { Box, Tooltip } from '@mui/material';
import { useNow } from './useNow';
import { ageText, exactTime, shortTime } from './time';
import { Nothing } from './Nothing';

interface TimeFieldProps {
  /** RFC 3339 */
  readonly value: string | null | undefined;
}

/** Date and time of day in the reader's zone; UTC in the tooltip. */
export function TimeField({ value }: TimeFieldProps) {
  if (value == null) return <Nothing />;
  return (
    <Tooltip title={exactTime(value)}>
      <Box
        component="time"
        dateTime={value}
        sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}
      >
        {shortTime(value)}
      </Box>
    </Tooltip>
  );
}

/** How long ago, kept up to date. */
export function AgeField({ value }: TimeFieldProps) {
  const now = useNow();
  if (value == null) return <Nothing />;
  return (
    <Tooltip title={exactTime(value)}>
      <Box
        component="time"
        dateTime={value}
        sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}
      >
        {ageText(now - Date.parse(value))}
      </Box>
    </Tooltip>
  );
}

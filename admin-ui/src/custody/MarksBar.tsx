import { Box } from '@mui/material';
import { exactAmount } from '../field/amount';
import { placeOf, standOf, type Custody } from './custody';

interface MarkProps {
  readonly at: number;
  readonly label: string;
}

function Mark({ at, label }: MarkProps) {
  return (
    <Box
      component="span"
      aria-hidden
      sx={{
        position: 'absolute',
        left: `${at}%`,
        top: -4,
        bottom: -22,
        borderLeft: '2px solid',
        borderColor: 'text.secondary',
        pl: 0.5,
        fontSize: 12,
        color: 'text.secondary',
        display: 'flex',
        alignItems: 'flex-end',
        whiteSpace: 'nowrap',
      }}
    >
      {label}
    </Box>
  );
}

const fills = { good: 'success.main', care: 'warning.main', bad: 'error.main' } as const;

/** The level of the hot wallet between its marks; the figures stand beside it. */
export function MarksBar({ custody }: { readonly custody: Custody }) {
  const { level, low, high } = custody;
  const { words, tone } = standOf(custody);
  const said = `${words}: level ${exactAmount(level)} FIL, low mark ${exactAmount(low)} FIL, high mark ${exactAmount(high)} FIL`;
  return (
    <Box role="img" aria-label={said} data-marks sx={{ position: 'relative', mx: 2, mt: 2, mb: 5 }}>
      <Box sx={{ height: 18, borderRadius: 1, bgcolor: 'action.hover', overflow: 'hidden' }}>
        <Box sx={{ height: '100%', width: `${placeOf(custody, level)}%`, bgcolor: fills[tone] }} />
      </Box>
      <Mark at={placeOf(custody, low)} label="low" />
      <Mark at={placeOf(custody, high)} label="high" />
    </Box>
  );
}

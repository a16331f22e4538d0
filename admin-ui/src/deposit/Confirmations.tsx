import { Box, Tooltip } from '@mui/material';
import { StateChip } from '../field/StateChip';
import type { Deposit } from './deposit';

/** How far an arrival is from final, as figures and as a bar. */
export function Confirmations({
  deposit: { confirmations, finality, state },
}: {
  readonly deposit: Deposit;
}) {
  if (confirmations === null || finality === null)
    return <Box sx={{ color: 'text.secondary' }}>{state === 'final' ? 'final' : 'none'}</Box>;
  const have = Math.min(confirmations, finality);
  return (
    <Tooltip title={`${confirmations} of about ${finality} epochs`}>
      <Box sx={{ display: 'inline-flex', flexDirection: 'column', minWidth: 86 }}>
        <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
          {confirmations.toLocaleString('en')} of {finality.toLocaleString('en')}
        </Box>
        <span
          className="meter"
          role="progressbar"
          aria-label="Confirmations"
          aria-valuemin={0}
          aria-valuemax={finality}
          aria-valuenow={have}
        >
          <span style={{ width: `${(100 * have) / finality}%` }} />
        </span>
      </Box>
    </Tooltip>
  );
}

/** The mark of reorgs that took it back; nothing where there was none. */
export function ReorgMark({ deposit: { reorgs, state } }: { readonly deposit: Deposit }) {
  if (reorgs === 0) return null;
  const times = reorgs === 1 ? 'a reorg' : `${reorgs} reorgs`;
  const label = state === 'orphaned' ? `Lost in ${times}` : `After ${times}`;
  return <StateChip state="reorged" tone="care" label={label} />;
}

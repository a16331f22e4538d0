import { Box, Tooltip } from '@mui/material';
import { exactAmount } from '../field/amount';
import { partsOf } from './split';

/** A payment as one bar, parted by what it paid; the figures stand beside it. */
export function SplitBar({ payment }: { readonly payment: Parameters<typeof partsOf>[0] }) {
  const parts = partsOf(payment);
  const words = parts.map(({ name, amount }) => `${name} ${exactAmount(amount)} FIL`).join(', ');
  return (
    <Tooltip title={words}>
      <Box role="img" aria-label={words} className="split">
        {parts.map(({ name, percent }) => (
          <span key={name} className={`split-${name}`} style={{ flexGrow: percent }} />
        ))}
      </Box>
    </Tooltip>
  );
}

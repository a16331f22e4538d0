import { Box, Tooltip } from '@mui/material';
import { Copy } from './Copy';
import { exactAmount, legibleAmount } from './amount';
import { Nothing } from './Nothing';

interface MoneyFieldProps {
  /** atto, decimal text */
  readonly value: string | null | undefined;
  readonly unit?: string;
  readonly copy?: boolean;
}

/** Four decimals with aligned digits; an ellipsis says that there are more, the tooltip and the copy have all. */
export function MoneyField({ value, unit = 'FIL', copy = true }: MoneyFieldProps) {
  const short = value == null ? null : legibleAmount(value);
  if (value == null || !short) return <Nothing />;
  const exact = exactAmount(value);
  return (
    <Box
      component="span"
      className="money"
      sx={{ position: 'relative', whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}
    >
      <Tooltip title={`${exact} ${unit} = ${value} atto${unit}`}>
        <span data-atto={value}>
          {short.sign}
          {short.whole}
          <Box component="span" sx={{ color: 'text.secondary' }}>
            .{short.fraction}
            <span aria-hidden className={short.cut ? 'money-more' : 'money-more money-none'}>
              {short.cut ? '…' : ''}
            </span>
          </Box>
          <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.85em', ml: '0.25em' }}>
            {unit}
          </Box>
        </span>
      </Tooltip>
      {copy ? <Copy value={exact} what="amount" /> : null}
    </Box>
  );
}

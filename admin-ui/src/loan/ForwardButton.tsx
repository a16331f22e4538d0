import { Box, TextField } from '@mui/material';
import { useState } from 'react';
import { attoOf } from '../field/amount';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Loan } from './loan';

/** "10.5" → 1,050 hundredths of a percent; null where it is not one, or finer. */
function bpsOf(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return bps <= 100_000 ? bps : null;
}

/** The maker's step: the terms on which the checkers decide, the pool's rate and no charges where left empty. */
export function ForwardButton({ loan: { id, number, allowedActions = [] } }: { readonly loan: Loan }) {
  const may = useMay('loan:forward');
  const [rate, setRate] = useState('');
  const [fee, setFee] = useState('');
  const [penalty, setPenalty] = useState('');
  if (!may || !allowedActions.includes('forward')) return null;
  const fixedBps = rate === '' ? null : bpsOf(rate);
  const penaltyBps = penalty === '' ? 0 : bpsOf(penalty);
  const feeAtto = fee === '' ? '0' : attoOf(fee);
  const badRate = rate !== '' && (fixedBps === null || fixedBps === 0);
  const field = (label: string, value: string, set: (text: string) => void, bad: boolean, help: string) => (
    <TextField
      label={label}
      size="small"
      value={value}
      error={bad}
      helperText={help}
      onChange={(event) => set(event.target.value.trim())}
      slotProps={{ htmlInput: { inputMode: 'decimal' } }}
    />
  );
  return (
    <CommandButton
      label="Forward for approval"
      title={`Forward loan #${number} for approval?`}
      done="Forwarded: a checker other than you decides now."
      ready={!badRate && penaltyBps !== null && feeAtto !== null}
      run={({ reason, key }) =>
        commands.forwardLoan(id, { fixedBps, fee: feeAtto ?? '0', penaltyBps: penaltyBps ?? 0 }, reason, key)
      }
    >
      <p style={{ margin: '4px 0 12px' }}>
        You become the maker of this request and cannot approve it yourself. The checkers decide on these
        terms.
      </p>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', sm: 'repeat(3, 1fr)' } }}>
        {field('Fixed rate, % a year', rate, setRate, badRate, "Empty: the pool's own rate")}
        {field('Origination fee, FIL', fee, setFee, feeAtto === null, 'Due with the first disbursement')}
        {field(
          'Penalty, % a year',
          penalty,
          setPenalty,
          penaltyBps === null,
          'On the principal, once overdue',
        )}
      </Box>
    </CommandButton>
  );
}

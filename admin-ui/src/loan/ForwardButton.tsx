import { Box, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import { attoOf } from '../field/amount';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Loan } from './loan';
import { readPlan, type TypedPart } from './plan';
import { PlanFields } from './PlanFields';

/** "10.5" → 1,050 hundredths of a percent; null where it is not one, or finer. */
function bpsOf(text: string): number | null {
  const match = /^(\d{1,3})(?:\.(\d{1,2}))?$/.exec(text);
  if (!match) return null;
  const bps = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return bps <= 100_000 ? bps : null;
}

const PARTS = ['penalty', 'fee', 'interest', 'principal'] as const;

/** All orders of the parts, the usual one first. */
function ordersOf(parts: readonly string[]): string[][] {
  if (parts.length === 0) return [[]];
  return parts.flatMap((part) =>
    ordersOf(parts.filter((other) => other !== part)).map((rest) => [part, ...rest]),
  );
}
const ORDERS = ordersOf(PARTS).map((order) => order.join(', '));
const USUAL = PARTS.join(', ');

interface Typed {
  readonly rate: string;
  readonly fee: string;
  readonly penalty: string;
  readonly order: string;
  readonly parts: readonly TypedPart[];
}
const UNTYPED: Typed = { rate: '', fee: '', penalty: '', order: USUAL, parts: [] };

function read({ rate, fee, penalty, order, parts }: Typed, amount: string) {
  const fixedBps = rate === '' ? null : bpsOf(rate);
  const penaltyBps = penalty === '' ? 0 : bpsOf(penalty);
  const feeAtto = fee === '' ? '0' : attoOf(fee);
  const { plan, wrong } = readPlan(parts, amount);
  const bad = {
    rate: rate !== '' && (fixedBps === null || fixedBps === 0),
    fee: feeAtto === null,
    penalty: penaltyBps === null,
    plan: wrong,
  };
  const terms = {
    fixedBps,
    fee: feeAtto ?? '0',
    penaltyBps: penaltyBps ?? 0,
    waterfall: order.split(', '),
    plan,
  };
  return { terms, bad, ready: !bad.rate && !bad.fee && !bad.penalty && wrong === null };
}

/** The maker's step: the terms on which the checkers decide, the pool's rate and no charges where left empty. */
export function ForwardButton({ loan }: { readonly loan: Loan }) {
  const { id, number, amount, allowedActions = [] } = loan;
  const may = useMay('loan:forward');
  const [typed, setTyped] = useState(UNTYPED);
  if (!may || !allowedActions.includes('forward')) return null;
  const { terms, bad, ready } = read(typed, amount);
  const field = (name: 'rate' | 'fee' | 'penalty', label: string, help: string) => (
    <TextField
      label={label}
      size="small"
      value={typed[name]}
      error={bad[name]}
      helperText={help}
      onChange={(event) => setTyped({ ...typed, [name]: event.target.value.trim() })}
      slotProps={{ htmlInput: { inputMode: 'decimal' } }}
    />
  );
  return (
    <CommandButton
      label="Forward for approval"
      title={`Forward loan #${number} for approval?`}
      done="Forwarded: a checker other than you decides now."
      ready={ready}
      run={({ reason, key }) => commands.forwardLoan(id, terms, reason, key)}
    >
      <p style={{ margin: '4px 0 12px' }}>
        You become the maker of this request and cannot approve it yourself. The checkers decide on these
        terms.
      </p>
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: { xs: '1fr', sm: 'repeat(3, 1fr)' } }}>
        {field('rate', 'Fixed rate, % a year', "Empty: the pool's own rate")}
        {field('fee', 'Origination fee, FIL', 'Due with the first disbursement')}
        {field('penalty', 'Penalty, % a year', 'On the principal, once overdue')}
      </Box>
      <TextField
        select
        fullWidth
        size="small"
        label="A payment is split over"
        value={typed.order}
        onChange={(event) => setTyped({ ...typed, order: event.target.value })}
        sx={{ mt: 1.5 }}
      >
        {ORDERS.map((order) => (
          <MenuItem key={order} value={order}>
            {order.replaceAll(', ', ', then ')}
          </MenuItem>
        ))}
      </TextField>
      <PlanFields parts={typed.parts} wrong={bad.plan} change={(parts) => setTyped({ ...typed, parts })} />
    </CommandButton>
  );
}

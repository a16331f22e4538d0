import { Box, Button, IconButton, TextField, Typography } from '@mui/material';
import type { TypedPart } from './plan';

const EMPTY: TypedPart = { amount: '', condition: '' };

/** The disbursements of a loan, typed: none is at once. */
export function PlanFields({
  parts,
  wrong,
  change,
}: {
  readonly parts: readonly TypedPart[];
  readonly wrong: string | null;
  readonly change: (parts: readonly TypedPart[]) => void;
}) {
  const set = (index: number, patch: Partial<TypedPart>): void =>
    change(parts.map((part, at) => (at === index ? { ...part, ...patch } : part)));
  return (
    <Box component="fieldset" sx={{ border: 0, m: 0, mt: 2, p: 0, display: 'grid', gap: 1.5 }}>
      <Typography component="legend" variant="body2" sx={{ p: 0, mb: 1 }}>
        {parts.length === 0
          ? 'Lent at once.'
          : 'Lent in parts; each after the first is asked for and approved.'}
      </Typography>
      {parts.map((part, index) => (
        <Box key={index} sx={{ display: 'grid', gap: 1, gridTemplateColumns: '1fr 2fr auto' }}>
          <TextField
            label={`Disbursement ${index + 1}, FIL`}
            size="small"
            value={part.amount}
            onChange={(event) => set(index, { amount: event.target.value.trim() })}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
          <TextField
            label={index === 0 ? 'Condition, if any' : 'Sent when'}
            size="small"
            value={part.condition}
            onChange={(event) => set(index, { condition: event.target.value })}
            slotProps={{ htmlInput: { maxLength: 500 } }}
          />
          <IconButton
            aria-label={`Remove disbursement ${index + 1}`}
            onClick={() => change(parts.filter((_, at) => at !== index))}
          >
            ×
          </IconButton>
        </Box>
      ))}
      {parts.length > 0 && wrong !== null ? (
        <Typography variant="body2" color="error">
          {wrong}
        </Typography>
      ) : null}
      <Box>
        <Button
          size="small"
          disabled={parts.length >= 12}
          onClick={() => change(parts.length === 0 ? [EMPTY, EMPTY] : [...parts, EMPTY])}
        >
          {parts.length === 0 ? 'Lend in parts' : 'Add a disbursement'}
        </Button>
      </Box>
    </Box>
  );
}

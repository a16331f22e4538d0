import { Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { attoOf, exactAmount } from '../field/amount';
import { percentText, rayOf } from '../field/ratio';
import { ReasonDialog } from '../layout/ReasonDialog';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { fieldsOf, policyName, unitOf, valueName, type Policy } from './policy';

const unitText = { atto: 'FIL', share: '%', seconds: 'seconds' } as const;

function textOf(field: string, value: string | number): string {
  if (typeof value === 'number') return String(value);
  return unitOf(field) === 'share' ? percentText(value) : exactAmount(value);
}

/** What was typed as the API takes it; null where it is no such value. */
function readValue(field: string, text: string): string | number | null {
  const unit = unitOf(field);
  if (unit === 'seconds') return /^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : null;
  return unit === 'share' ? rayOf(text) : attoOf(text);
}

function Form({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const fields = fieldsOf(policy.values);
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map((field) => [field, textOf(field, policy.values[field] ?? '')])),
  );
  const read = fields.map((field) => [field, readValue(field, texts[field] ?? '')] as const);
  const ready = read.every(([, value]) => value !== null);
  const changed = read.some(([field, value]) => value !== policy.values[field]);
  return (
    <ReasonDialog
      title={`Propose other values: ${policyName(policy)}`}
      verb="Propose"
      done="Proposed: in force as soon as somebody else accepts."
      ready={ready && changed}
      run={({ reason, key }) => commands.proposePolicy(policy.id, Object.fromEntries(read), reason, key)}
      onClose={onClose}
    >
      <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'repeat(2, minmax(0, 1fr))', mt: 1 }}>
        {read.map(([field, value]) => (
          <TextField
            key={field}
            label={`${valueName(field)}, ${unitText[unitOf(field)]}`}
            required
            value={texts[field] ?? ''}
            error={value === null}
            onChange={(event) => setTexts({ ...texts, [field]: event.target.value })}
            slotProps={{ htmlInput: { inputMode: 'decimal' } }}
          />
        ))}
      </Box>
    </ReasonDialog>
  );
}

/** Other values of a policy; somebody else decides. */
export function ProposePolicy({ policy }: { readonly policy: Policy }) {
  const may = useMay('policy:propose');
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button variant="contained" onClick={() => setOpen(true)}>
        Propose other values
      </Button>
      {open ? <Form policy={policy} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

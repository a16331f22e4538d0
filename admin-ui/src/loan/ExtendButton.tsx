import { TextField } from '@mui/material';
import { useState } from 'react';
import { EpochField } from '../field/EpochField';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Loan } from './loan';

/** Asks to move the maturity: the person becomes the maker, a checker decides in the inbox. */
export function ExtendButton({ loan }: { readonly loan: Loan }) {
  const may = useMay('loan:extend');
  const [text, setText] = useState('');
  const { id, number, maturityEpoch, allowedActions = [], extensions = [] } = loan;
  if (!may || !allowedActions.includes('extend') || maturityEpoch === null) return null;
  const epoch = /^\d{1,12}$/.test(text) ? Number(text) : null;
  const later = epoch !== null && epoch > maturityEpoch;
  const pending = extensions.some(({ state }) => state === 'asked');
  return (
    <CommandButton
      quiet
      label="Extend"
      title={`Extend loan #${number}?`}
      done="Asked: a checker other than you decides now."
      blocked={pending ? 'An extension waits for a decision already.' : null}
      ready={later}
      run={({ reason, key }) => commands.extendLoan(id, epoch ?? 0, reason, key)}
    >
      <p style={{ margin: '4px 0 12px' }}>
        It is due at epoch <EpochField value={maturityEpoch} />. Interest goes on by the same rate; you become
        the maker and cannot approve it yourself.
      </p>
      <TextField
        label="New maturity, epoch"
        required
        fullWidth
        value={text}
        error={text !== '' && !later}
        helperText={text !== '' && !later ? `An epoch after ${maturityEpoch.toLocaleString('en')}` : ' '}
        onChange={(event) => setText(event.target.value.trim())}
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
      />
    </CommandButton>
  );
}

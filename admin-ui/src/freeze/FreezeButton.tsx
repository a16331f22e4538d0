import { Box, MenuItem, TextField } from '@mui/material';
import { useState } from 'react';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { stops, type FreezeScope } from './freeze';

const choices: readonly (readonly [FreezeScope, string])[] = [
  ['payouts', 'All payouts'],
  ['lending', 'Lending'],
];

interface FreezeButtonProps {
  /** Whose payouts; absent: the platform's, by choice of the person. */
  readonly customerId?: string;
}

/** One person freezes, at once. */
export function FreezeButton({ customerId }: FreezeButtonProps) {
  const may = useMay('freeze:set');
  const [chosen, setChosen] = useState<FreezeScope>('payouts');
  if (!may) return null;
  const scope = customerId === undefined ? chosen : 'customer';
  return (
    <CommandButton
      quiet
      tone="error"
      label="Freeze"
      title={
        customerId === undefined ? 'Stop what leaves the platform?' : 'Stop what leaves for this customer?'
      }
      done="Frozen: nothing of it is signed until two people lift it."
      run={({ reason, key }) => commands.freeze({ scope, customerId, reason }, key)}
    >
      {customerId === undefined ? (
        <TextField
          select
          fullWidth
          label="What to freeze"
          value={scope}
          sx={{ mt: 1 }}
          onChange={(event) => setChosen(event.target.value as FreezeScope)}
        >
          {choices.map(([value, label]) => (
            <MenuItem key={value} value={value}>
              {label}
            </MenuItem>
          ))}
        </TextField>
      ) : null}
      <Box component="p" sx={{ mb: 0 }}>
        {stops[scope]}
      </Box>
      <Box component="p" sx={{ mb: 0, color: 'text.secondary' }}>
        It is in force at once. What is under way waits and goes on when two people lift it.
      </Box>
    </CommandButton>
  );
}

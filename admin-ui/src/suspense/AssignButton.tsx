import { Box, TextField } from '@mui/material';
import { useState } from 'react';
import { WaitingApproval } from '../approval/WaitingApproval';
import { CustomerField } from '../field/CustomerField';
import { AddressField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { SuspenseArrival } from './suspense';

function Assigned({ arrival }: { readonly arrival: SuspenseArrival }) {
  const { customerId, customerEmail, assignedJournalId } = arrival;
  return (
    <Box sx={{ fontSize: 13 }}>
      <CustomerField id={customerId} email={customerEmail} /> <JournalLink id={assignedJournalId} />
    </Box>
  );
}

/** What can be done about an arrival of nobody, or what was. */
export function AssignButton({ arrival }: { readonly arrival: SuspenseArrival }) {
  const may = useMay('assignment:ask');
  const [customerId, setCustomerId] = useState('');
  const { approvalId, amount, fromAddress, id, state } = arrival;
  if (state === 'assigned') return <Assigned arrival={arrival} />;
  if (approvalId !== null) return <WaitingApproval id={approvalId} />;
  if (!may || state === 'asked') return <Nothing />;
  return (
    <CommandButton
      quiet
      label="Ask to assign"
      title="Whose is it?"
      done="Asked: somebody else has to agree before the customer has it."
      ready={customerId.trim() !== ''}
      run={({ reason, key }) => commands.assignSuspense(id, { customerId: customerId.trim(), reason }, key)}
    >
      <MoneyField value={amount} copy={false} /> from <AddressField value={fromAddress} />: all of it goes to
      one customer.
      <TextField
        required
        fullWidth
        label="Customer id"
        value={customerId}
        sx={{ mt: 2 }}
        onChange={(event) => setCustomerId(event.target.value)}
        slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
      />
    </CommandButton>
  );
}

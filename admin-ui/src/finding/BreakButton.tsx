import { Box, MenuItem, TextField } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { AddressField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { CommandButton } from '../layout/CommandButton';
import { PlainTable } from '../layout/PlainTable';
import { commands } from '../providers/commands';
import type { ReconciliationItem } from '../reconciliation/reconciliation';
import { breaksOf, counterAccounts, linesFor, readNewestRun } from './correction';
import type { Finding } from './finding';

function Differences({ rows }: { readonly rows: readonly ReconciliationItem[] }) {
  return (
    <PlainTable
      label="What differs in the newest run"
      rows={rows}
      keyOf={({ address }) => address}
      empty=""
      columns={[
        { label: 'Address', cell: ({ address }) => <AddressField value={address} /> },
        {
          label: 'Chain less books',
          align: 'right',
          cell: ({ diff }) => <MoneyField value={diff} copy={false} />,
        },
        { label: 'Why', cell: ({ sentence: why }) => why },
      ]}
    />
  );
}

/** Resolves a break: what differs now, and the journal with which it vanishes. A second person agrees or not. */
export function BreakButton({ finding: { id, sentence } }: { readonly finding: Finding }) {
  const { data: run } = useQuery({
    queryKey: ['reconciliations', 'newest'],
    queryFn: ({ signal }) => readNewestRun(signal),
  });
  const [code, setCode] = useState('suspense.unidentified');
  const [customer, setCustomer] = useState('');
  const breaks = breaksOf(run ?? null);
  const owner = code === 'customer.available' ? customer.trim() : '';
  const ready = run !== undefined && (code !== 'customer.available' || owner !== '');
  return (
    <CommandButton
      quiet
      label="Ask to resolve"
      title="Correct the books?"
      done="Asked: somebody else has to agree before the books are corrected."
      ready={ready}
      run={({ reason, key }) =>
        commands.resolveFinding(id, { reason, journal: linesFor(breaks, { code, owner }) }, key)
      }
    >
      {sentence}
      {breaks.length === 0 ? (
        <Box component="p" sx={{ mb: 0 }}>
          In the newest run books and chain agree: no journal is needed.
        </Box>
      ) : (
        <>
          <Differences rows={breaks} />
          <TextField
            select
            fullWidth
            label="The other side of the journal"
            value={code}
            sx={{ mt: 2 }}
            onChange={(event) => setCode(event.target.value)}
          >
            {Object.entries(counterAccounts).map(([value, label]) => (
              <MenuItem key={value} value={value}>
                {label}
              </MenuItem>
            ))}
          </TextField>
          {code === 'customer.available' ? (
            <TextField
              required
              fullWidth
              label="Customer id"
              value={customer}
              sx={{ mt: 1 }}
              onChange={(event) => setCustomer(event.target.value)}
            />
          ) : null}
        </>
      )}
    </CommandButton>
  );
}

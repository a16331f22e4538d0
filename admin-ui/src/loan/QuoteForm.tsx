import { Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { Loaded } from '../layout/Loaded';
import { API, request } from '../providers/request';
import type { LoanDebt } from './loan';

async function readQuote(id: string, epoch: string, signal: AbortSignal): Promise<LoanDebt> {
  const query = epoch === '' ? '' : `?epoch=${encodeURIComponent(epoch)}`;
  const path = `${API}/loans/${encodeURIComponent(id)}/payoff-quote${query}`;
  return (await request(path, { signal })).json as LoanDebt;
}

/** What pays the loan off at an epoch that the person names. */
export function QuoteForm({ loanId }: { readonly loanId: string }) {
  const [text, setText] = useState('');
  const [epoch, setEpoch] = useState('');
  const wrong = text !== '' && !/^\d{1,12}$/.test(text);
  return (
    <>
      <Box
        component="form"
        sx={{ display: 'flex', gap: 1, alignItems: 'flex-start', mb: 2 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (!wrong) setEpoch(text);
        }}
      >
        <TextField
          label="Included at epoch"
          size="small"
          value={text}
          error={wrong}
          helperText={wrong ? 'A whole number' : 'Empty: 60 epochs from now'}
          onChange={(event) => setText(event.target.value.trim())}
          slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        />
        <Button type="submit" variant="outlined" disabled={wrong}>
          Quote
        </Button>
      </Box>
      <Loaded
        queryKey={['loans', 'payoff-quote', loanId, epoch]}
        read={(signal) => readQuote(loanId, epoch, signal)}
      >
        {(quote) => (
          <Facts
            columns={4}
            facts={[
              { label: 'Pays it off', value: <MoneyField value={quote.debt} /> },
              { label: 'of it principal', value: <MoneyField value={quote.principal} /> },
              { label: 'of it interest', value: <MoneyField value={quote.interest} /> },
              { label: 'of it fee', value: <MoneyField value={quote.fee} /> },
              { label: 'of it penalty', value: <MoneyField value={quote.penalty} /> },
              {
                label: quote.estimate ? 'At epoch, if nothing else moves the rate' : 'At epoch',
                value: <EpochField value={quote.epoch} />,
              },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

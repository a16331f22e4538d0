import { Box, Button, Dialog, DialogActions, DialogContent, TextField } from '@mui/material';
import { useId, useState } from 'react';
import { attoOf } from '../field/amount';
import { MoneyField } from '../field/MoneyField';
import { Fault } from '../layout/Fault';
import { commands, type TopUpAnnouncement } from '../providers/commands';
import { newKey } from '../providers/key';
import { useCommand } from '../providers/useCommand';
import { useMay } from '../providers/useSession';

function Form({ onClose }: { readonly onClose: () => void }) {
  const id = useId();
  const [key] = useState(newKey);
  const [coins, setCoins] = useState('');
  const [from, setFrom] = useState('');
  const { mutate, isPending, error } = useCommand(
    (announcement: TopUpAnnouncement) => commands.announceTopUp(announcement, key),
    { message: 'Announced: somebody else has to approve it before it counts.', then: onClose },
  );
  const amount = attoOf(coins);
  const wrong = coins.trim() !== '' && (amount === null || amount === '0');
  const ready = amount !== null && amount !== '0' && from.trim() !== '';
  return (
    <Dialog open fullWidth maxWidth="sm" aria-labelledby={id} onClose={isPending ? undefined : onClose}>
      <Box component="h2" id={id} sx={{ m: 0, px: 3, pt: 2.5, fontSize: 18, fontWeight: 650 }}>
        Announce a top-up of the hot wallet
      </Box>
      <DialogContent sx={{ py: 1.5 }}>
        <Box component="p" sx={{ mt: 0, color: 'text.secondary' }}>
          The treasury&apos;s own FIL, for gas. Somebody else approves it; then exactly this amount from this
          sender is booked as equity.
        </Box>
        <TextField
          label="Amount in FIL"
          required
          autoFocus
          fullWidth
          value={coins}
          error={wrong}
          helperText={
            wrong ? (
              'An amount above zero with at most 18 decimals, like 1,000.5'
            ) : amount === null ? (
              ' '
            ) : (
              <MoneyField value={amount} copy={false} />
            )
          }
          onChange={(event) => setCoins(event.target.value)}
          slotProps={{ htmlInput: { inputMode: 'decimal' } }}
        />
        <TextField
          label="Sender's address"
          required
          fullWidth
          sx={{ mt: 1 }}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
          slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
        />
        {error === null ? null : <Fault error={error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5, gap: 1 }}>
        <Button color="inherit" disabled={isPending} onClick={onClose}>
          Cancel
        </Button>
        <Button
          variant="contained"
          disabled={isPending || !ready}
          onClick={() => (amount === null ? undefined : mutate({ amount, from: from.trim() }))}
        >
          {isPending ? 'Sending…' : 'Announce'}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** The treasurer's announcement; an approval by somebody else follows. */
export function AnnounceButton() {
  const may = useMay('top-up:announce');
  const [open, setOpen] = useState(false);
  if (!may) return null;
  return (
    <>
      <Button variant="contained" data-command="Announce a top-up" onClick={() => setOpen(true)}>
        Announce a top-up
      </Button>
      {open ? <Form onClose={() => setOpen(false)} /> : null}
    </>
  );
}

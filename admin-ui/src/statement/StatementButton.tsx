import { Box, Button, Dialog, DialogActions, DialogContent, TextField } from '@mui/material';
import { useId, useState } from 'react';
import { API } from '../providers/request';

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

interface StatementButtonProps {
  /** Whose it is, as in the API: `pools/flexible`. */
  readonly path: string;
}

/** Midnights (UTC) as the API takes them; a day that is not over ends now. */
function addressOf(path: string, from: string, to: string, format: string): string {
  const query = new URLSearchParams({ format, from: `${from}T00:00:00Z` });
  const end = Date.parse(to) + DAY_MS;
  if (end <= Date.now()) query.set('to', new Date(end).toISOString());
  return `${API}/${path}/statement?${query.toString()}`;
}

function Form({ path, onClose }: StatementButtonProps & { readonly onClose: () => void }) {
  const id = useId();
  const [from, setFrom] = useState(() => dayOf(Date.now() - 30 * DAY_MS));
  const [to, setTo] = useState(() => dayOf(Date.now()));
  const wrong = Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to)) || from > to;
  const days = [
    ['First day', from, setFrom],
    ['Last day', to, setTo],
  ] as const;
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby={id} onClose={onClose}>
      <Box component="h2" id={id} sx={{ m: 0, px: 3, pt: 2.5, fontSize: 18, fontWeight: 650 }}>
        Statement
      </Box>
      <DialogContent sx={{ py: 1.5 }}>
        <Box component="p" sx={{ mt: 0, color: 'text.secondary' }}>
          Every movement by the day it was booked (UTC), with its journal. Statements of neighbouring days add
          up.
        </Box>
        <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: '1fr 1fr' }}>
          {days.map(([label, value, change]) => (
            <TextField
              key={label}
              label={label}
              type="date"
              value={value}
              error={wrong}
              onChange={(event) => change(event.target.value)}
              slotProps={{ inputLabel: { shrink: true } }}
            />
          ))}
        </Box>
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5, gap: 1 }}>
        <Button color="inherit" onClick={onClose}>
          Close
        </Button>
        {['csv', 'pdf'].map((format) => (
          <Button
            key={format}
            variant="contained"
            component="a"
            disabled={wrong}
            href={wrong ? '#' : addressOf(path, from, to, format)}
            download
          >
            {format.toUpperCase()}
          </Button>
        ))}
      </DialogActions>
    </Dialog>
  );
}

/** A statement to take along, over days of one's choice. */
export function StatementButton({ path }: StatementButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="outlined" onClick={() => setOpen(true)}>
        Statement
      </Button>
      {open ? <Form path={path} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

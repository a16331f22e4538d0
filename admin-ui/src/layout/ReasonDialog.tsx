import { Box, Button, Dialog, DialogActions, DialogContent, TextField } from '@mui/material';
import { useId, useState, type ReactNode } from 'react';
import { newKey } from '../providers/key';
import { useCommand } from '../providers/useCommand';
import { Fault } from './Fault';

export interface Intent {
  readonly reason: string;
  /** Idempotency-Key of this opening of the dialog. */
  readonly key: string;
}

interface ReasonDialogProps {
  readonly title: string;
  readonly verb: string;
  readonly tone?: 'primary' | 'error';
  readonly done: string;
  readonly run: (intent: Intent) => Promise<void>;
  readonly onClose: () => void;
  /** False while what the children ask for is not filled in. */
  readonly ready?: boolean;
  readonly children?: ReactNode;
}

/**
 * Asks once more, with a reason. Its key is made when it opens, so a retry after a lost answer is the same request;
 * no button is a default, Esc cancels, and nothing can be sent twice while an answer is awaited.
 */
export function ReasonDialog({
  title,
  verb,
  tone = 'primary',
  done,
  run,
  onClose,
  ready = true,
  children,
}: ReasonDialogProps) {
  const id = useId();
  const [key] = useState(newKey);
  const [reason, setReason] = useState('');
  const { mutate, isPending, error } = useCommand(run, { message: done, then: onClose });
  const missing = reason.trim() === '' || !ready;
  return (
    <Dialog open fullWidth maxWidth="sm" aria-labelledby={id} onClose={isPending ? undefined : onClose}>
      <Box component="h2" id={id} tabIndex={-1} sx={{ m: 0, px: 3, pt: 2.5, fontSize: 18, fontWeight: 650 }}>
        {title}
      </Box>
      <DialogContent sx={{ py: 1.5 }}>
        {children}
        <TextField
          label="Reason"
          required
          autoFocus
          fullWidth
          multiline
          minRows={2}
          sx={{ mt: 2 }}
          value={reason}
          disabled={isPending}
          onChange={(event) => setReason(event.target.value)}
          helperText="Kept on record with your name."
          slotProps={{ htmlInput: { maxLength: 1000 } }}
        />
        {error === null ? null : <Fault error={error} />}
      </DialogContent>
      <DialogActions sx={{ px: 3, pb: 2.5, gap: 1 }}>
        <Button onClick={onClose} disabled={isPending} color="inherit">
          Cancel
        </Button>
        <Button
          variant="contained"
          color={tone}
          disabled={isPending || missing}
          onClick={() => mutate({ reason: reason.trim(), key })}
        >
          {isPending ? 'Sending…' : verb}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

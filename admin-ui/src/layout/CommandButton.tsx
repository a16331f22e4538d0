import { Button, Tooltip } from '@mui/material';
import { useState, type ReactNode } from 'react';
import { ReasonDialog, type Intent } from './ReasonDialog';

interface CommandButtonProps {
  readonly label: string;
  readonly title: string;
  readonly done: string;
  readonly run: (intent: Intent) => Promise<void>;
  readonly tone?: 'primary' | 'error';
  readonly quiet?: boolean;
  /** Why it cannot be used now; the button then stands, closed, with this sentence. */
  readonly blocked?: string | null;
  /** False while what the children ask for is not filled in. */
  readonly ready?: boolean;
  readonly children?: ReactNode;
}

/** A command with its dialog. */
export function CommandButton({
  label,
  blocked = null,
  quiet = false,
  tone = 'primary',
  ...dialog
}: CommandButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Tooltip title={blocked ?? ''}>
        <span>
          <Button
            variant={quiet ? 'outlined' : 'contained'}
            color={tone}
            data-command={label}
            disabled={blocked !== null}
            onClick={() => setOpen(true)}
          >
            {label}
          </Button>
        </span>
      </Tooltip>
      {open ? <ReasonDialog verb={label} tone={tone} onClose={() => setOpen(false)} {...dialog} /> : null}
    </>
  );
}

import Check from '@mui/icons-material/Check';
import ContentCopy from '@mui/icons-material/ContentCopy';
import { IconButton, Tooltip } from '@mui/material';
import { useState } from 'react';
import { useNotify } from 'react-admin';

interface CopyProps {
  readonly value: string;
  /** What is copied, for screen readers: "amount", "address"… */
  readonly what: string;
}

/** Copies the full value. Shown on hover and on keyboard focus of its row. */
export function Copy({ value, what }: CopyProps) {
  const [copied, setCopied] = useState(false);
  const notify = useNotify();
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    } catch {
      notify(`The browser does not allow copying. The ${what} is ${value}`, { type: 'warning' });
    }
  };
  const label = copied ? 'Copied' : `Copy ${what}`;
  return (
    <Tooltip title={label}>
      <IconButton
        className="copy"
        size="small"
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          event.preventDefault();
          void copy();
        }}
        sx={{ p: '2px', ml: '2px', verticalAlign: '-3px' }}
      >
        {copied ? <Check sx={{ fontSize: 14 }} /> : <ContentCopy sx={{ fontSize: 14 }} />}
      </IconButton>
    </Tooltip>
  );
}

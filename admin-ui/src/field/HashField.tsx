import { Box, Tooltip } from '@mui/material';
import type { ReactNode } from 'react';
import { Link } from 'react-admin';
import { Copy } from './Copy';
import { Nothing } from './Nothing';

interface HashFieldProps {
  readonly value: string | null | undefined;
  readonly what: string;
  readonly head?: number;
  readonly tail?: number;
  /** Where the thing itself is shown. */
  readonly to?: string | undefined;
}

function shortened(value: string, head: number, tail: number): string {
  return value.length <= head + tail + 1 ? value : `${value.slice(0, head)}…${value.slice(-tail)}`;
}

/** A CID, hash or id: shortened to read, whole in the tooltip and when copied. */
export function HashField({ value, what, head = 8, tail = 6, to }: HashFieldProps) {
  if (value == null || value === '') return <Nothing />;
  const short: ReactNode = shortened(value, head, tail);
  return (
    <Box component="span" sx={{ whiteSpace: 'nowrap', fontFamily: 'monospace', fontSize: '0.93em' }}>
      <Tooltip title={value}>
        <span>{to === undefined ? short : <Link to={to}>{short}</Link>}</span>
      </Tooltip>
      <Copy value={value} what={what} />
    </Box>
  );
}

/** A Filecoin address; the end of it is what people compare. */
export function AddressField({ value }: { readonly value: string | null | undefined }) {
  return <HashField value={value} what="address" head={7} tail={6} />;
}

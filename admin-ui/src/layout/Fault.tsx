import { Alert, Button } from '@mui/material';
import { referenceOf, sentenceOf } from '../providers/problem';
import { Copy } from '../field/Copy';

interface FaultProps {
  readonly error: unknown;
  readonly again?: () => void;
}

/** An error as the server worded it, with the code and request id to quote. */
export function Fault({ error, again }: FaultProps) {
  const reference = referenceOf(error);
  return (
    <Alert
      severity="error"
      variant="outlined"
      sx={{ my: 1 }}
      action={
        again === undefined ? null : (
          <Button color="inherit" size="small" onClick={again}>
            Try again
          </Button>
        )
      }
    >
      {sentenceOf(error)}
      {reference === null ? null : (
        <div style={{ fontSize: 12, marginTop: 2 }}>
          <code>{reference}</code>
          <Copy value={reference} what="reference" />
        </div>
      )}
    </Alert>
  );
}

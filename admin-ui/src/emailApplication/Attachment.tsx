import { Box } from '@mui/material';
import { useId, useState } from 'react';

const hex = (bytes: ArrayBuffer): string =>
  [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

interface AttachmentProps {
  readonly sha256: string;
  readonly onChange: (sha256: string) => void;
}

/** The attachment stays where it is: its SHA-256 is made here and kept, so that it can be held to it later. */
export function Attachment({ sha256, onChange }: AttachmentProps) {
  const id = useId();
  const [name, setName] = useState('');
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    onChange(hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())));
    setName(file.name);
  };
  return (
    <Box>
      <label htmlFor={id}>Attachment</label>{' '}
      <input
        id={id}
        type="file"
        onChange={(event) => void take(event.target.files?.[0])}
        style={{ font: 'inherit', maxWidth: '100%' }}
      />
      <Box sx={{ color: 'text.secondary', fontSize: 13, mt: 0.5, overflowWrap: 'anywhere' }}>
        {sha256 === '' ? (
          'It is not sent: only its SHA-256 is kept.'
        ) : (
          <>
            SHA-256 of {name}: <code>{sha256}</code>
          </>
        )}
      </Box>
    </Box>
  );
}

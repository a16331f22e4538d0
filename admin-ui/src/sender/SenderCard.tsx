import { Alert, Box } from '@mui/material';
import { useId } from 'react';
import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { AddressField, HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { Lane } from './Lane';
import { nameOf, type Sender } from './sender';
import { SlotTable } from './SlotTable';

interface SenderCardProps {
  readonly sender: Sender;
  readonly table: boolean;
}

function Owner({ sender: { ownerKind, ownerId } }: { readonly sender: Sender }) {
  if (ownerKind === 'loan')
    return (
      <span>
        of loan <HashField value={ownerId} what="loan id" to={`/loans/${encodeURIComponent(ownerId)}/show`} />
      </span>
    );
  if (ownerKind === 'customer')
    return (
      <span>
        of customer <CustomerField id={ownerId} />
      </span>
    );
  return <span>of the platform</span>;
}

/** One sending address: whose it is, whether it may sign, and its nonces as lane or table. */
export function SenderCard({ sender, table }: SenderCardProps) {
  const id = useId();
  const { address, kind, mode, frozenReason, nextNonce, unsettled } = sender;
  return (
    <Box
      component="section"
      aria-labelledby={id}
      data-sender={address}
      sx={{
        px: 2.5,
        py: 1.75,
        borderTop: '1px solid',
        borderColor: 'divider',
        '&:first-of-type': { borderTop: 0 },
      }}
    >
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          gap: '4px 14px',
          fontSize: 13,
          mb: 0.75,
        }}
      >
        <Box component="h2" id={id} sx={{ m: 0, fontSize: 14.5, fontWeight: 600 }}>
          <Link to={`/senders/${encodeURIComponent(address)}/show`}>{nameOf(kind)}</Link>
        </Box>
        <AddressField value={address} />
        <Box sx={{ color: 'text.secondary' }}>
          <Owner sender={sender} />
        </Box>
        <Box sx={{ ml: 'auto', display: 'flex', gap: 1.5, alignItems: 'center', color: 'text.secondary' }}>
          <span>next nonce {nextNonce}</span>
          {unsettled === 0 ? null : <span>{unsettled} not final</span>}
          <StateChip state={mode} tone={mode === 'active' ? 'good' : 'bad'} />
        </Box>
      </Box>
      {frozenReason === null ? null : (
        <Alert severity="error" variant="outlined" sx={{ mb: 1 }}>
          {frozenReason}
        </Alert>
      )}
      {table ? (
        <Box
          sx={{ mx: -2.5, overflowX: 'auto' }}
          role="region"
          tabIndex={0}
          aria-label={`Table of ${address}`}
        >
          <SlotTable sender={sender} />
        </Box>
      ) : (
        <Lane sender={sender} />
      )}
    </Box>
  );
}

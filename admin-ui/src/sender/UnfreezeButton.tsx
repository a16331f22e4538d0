import { Box } from '@mui/material';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { WaitingApproval } from '../approval/WaitingApproval';
import type { Sender } from './sender';

/** Asks that a frozen sender signs again; while somebody's asking waits, the way to it. */
export function UnfreezeButton({ sender }: { readonly sender: Sender }) {
  const may = useMay('remedy:ask');
  const { address, approvalId, frozenReason, mode } = sender;
  if (mode !== 'frozen') return null;
  if (approvalId !== null) return <WaitingApproval id={approvalId} />;
  if (!may) return null;
  return (
    <CommandButton
      label="Ask to unfreeze"
      title="Let this sender sign again?"
      done="Asked: somebody else has to agree before it signs again."
      run={({ reason, key }) => commands.unfreezeSender(address, reason, key)}
    >
      It was frozen: {frozenReason}
      <Box component="p" sx={{ mb: 0, color: 'text.secondary' }}>
        Ask only when you know who used its key and that nobody will again. Once a second person agrees, and
        all that the key sent is final, it signs from the first nonce that nobody used.
      </Box>
    </CommandButton>
  );
}

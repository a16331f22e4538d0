import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Withdrawal } from './withdrawal';

/** Staff cancel what is not signed; the customer has the money back at once. */
export function CancelButton({ withdrawal }: { readonly withdrawal: Withdrawal }) {
  const may = useMay('withdrawal:stop');
  const { id, state, cancellable = false } = withdrawal;
  if (!may || (state !== 'held' && state !== 'approved')) return null;
  return (
    <CommandButton
      quiet
      tone="error"
      label="Cancel"
      title="Cancel this withdrawal?"
      done="Cancelled: the money is back with the customer, who is told why."
      blocked={cancellable ? null : 'It is signed: it may land on chain at any time.'}
      run={({ reason, key }) => commands.cancelWithdrawal(id, reason, key)}
    >
      Nothing of it is signed yet. The customer reads the reason.
    </CommandButton>
  );
}

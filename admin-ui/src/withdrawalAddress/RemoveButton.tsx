import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { WithdrawalAddress } from './withdrawalAddress';

/** Staff take an address off a customer's list; what is not signed for it goes back. */
export function RemoveButton({ address }: { readonly address: WithdrawalAddress }) {
  const may = useMay('withdrawal:stop');
  if (!may || (address.state !== 'listed' && address.state !== 'challenged')) return null;
  return (
    <CommandButton
      quiet
      tone="error"
      label="Take off the list"
      title="Let nothing more leave to this address?"
      done="It is off the list. Withdrawals to it that are not signed are given back."
      run={({ reason, key }) => commands.removeWithdrawalAddress(address.id, reason, key)}
    >
      The customer is told, and may list it again; it then cools down anew.
    </CommandButton>
  );
}

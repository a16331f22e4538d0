import { MoneyField } from '../field/MoneyField';
import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Loan } from './loan';
import { nextOf } from './plan';

/** Asks for the next disbursement: the person says how its condition is met, a checker decides in the inbox. */
export function DisburseButton({ loan }: { readonly loan: Loan }) {
  const may = useMay('loan:disburse');
  const { id, number, allowedActions = [], disbursementRequests = [] } = loan;
  const next = nextOf(loan);
  if (!may || !allowedActions.includes('disburse') || next === undefined) return null;
  const pending = disbursementRequests.some(({ state }) => state === 'asked' || state === 'granted');
  return (
    <CommandButton
      quiet
      label="Disburse next"
      title={`Ask for disbursement ${next.n} of loan #${number}?`}
      done="Asked: a checker other than you decides now."
      blocked={pending ? 'A disbursement is under way already.' : null}
      run={({ reason, key }) => commands.disburseNext(id, reason, key)}
    >
      <p style={{ margin: '4px 0 12px' }}>
        <MoneyField value={next.amount} /> may go into the miner when: <strong>{next.condition}</strong>. Say
        below how that is met; the checker sees your words. You become the maker and cannot approve it
        yourself.
      </p>
    </CommandButton>
  );
}

import { CommandButton } from '../layout/CommandButton';
import type { Intent } from '../layout/ReasonDialog';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import { DisburseButton } from './DisburseButton';
import { ExtendButton } from './ExtendButton';
import { ForwardButton } from './ForwardButton';
import type { Loan } from './loan';

/** What the state of the loan and the role of the person allow: the server names the actions. */
export function LoanButtons({ loan }: { readonly loan: Loan }) {
  const { id, number, allowedActions = [] } = loan;
  const mayHelp = useMay('workflow:help');
  const steer =
    (verb: 'cancel' | 'retry') =>
    ({ reason, key }: Intent): Promise<void> =>
      commands.steerLoan(id, verb, reason, key);
  return (
    <>
      {mayHelp && allowedActions.includes('cancel') ? (
        <CommandButton
          quiet
          tone="error"
          label="Cancel the loan"
          title={`Cancel loan #${number}?`}
          done={`Loan #${number} is being cancelled; once approved, another person has to agree.`}
          run={steer('cancel')}
        >
          Nothing has been lent yet: what was set aside for it is free again. Once the loan is approved,
          another person has to agree.
        </CommandButton>
      ) : null}
      {mayHelp && allowedActions.includes('retry') ? (
        <CommandButton
          quiet
          label="Retry now"
          title={`Try the stuck step of loan #${number} again?`}
          done="Tried again; or, where money moves, asked: another person decides under Approvals."
          run={steer('retry')}
        >
          Where money moves, another person has to agree.
        </CommandButton>
      ) : null}
      <DisburseButton loan={loan} />
      <ExtendButton loan={loan} />
      <ForwardButton loan={loan} />
    </>
  );
}

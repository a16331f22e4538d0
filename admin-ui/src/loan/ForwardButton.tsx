import { CommandButton } from '../layout/CommandButton';
import { commands } from '../providers/commands';
import { useMay } from '../providers/useSession';
import type { Loan } from './loan';

/** The maker's step: forwards a loan that passed its pre-flight to the checkers. */
export function ForwardButton({ loan }: { readonly loan: Loan }) {
  const may = useMay('loan:forward');
  if (!may || loan.state !== 'preflight') return null;
  return (
    <CommandButton
      label="Forward for approval"
      title={`Forward loan #${loan.number} for approval?`}
      done="Forwarded: a checker other than you decides now."
      run={({ reason, key }) => commands.forwardLoan(loan.id, reason, key)}
    >
      You become the maker of this request and cannot approve it yourself.
    </CommandButton>
  );
}

import { Link } from 'react-admin';
import { StateChip } from '../field/StateChip';

/** What was asked for and waits for a second person, with the way there. */
export function WaitingApproval({ id }: { readonly id: string }) {
  return (
    <Link to={`/approvals/${id}/show`}>
      <StateChip state="waiting" tone="care" label="Waits for a second person" />
    </Link>
  );
}

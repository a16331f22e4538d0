import { Link } from 'react-admin';
import { Nothing } from '../field/Nothing';

const resources: Readonly<Record<string, string>> = {
  loan: 'loans',
  message: 'messages',
  deposit: 'deposits',
  onboarding: 'customers',
  'top-up': 'top-ups',
  rate: 'rate-proposals',
  redemption: 'redemptions',
  reconciliation: 'reconciliations',
};

/** The record that a workflow is about, where it has a page. */
export function RelatedLink({ workflowId }: { readonly workflowId: string }) {
  const slash = workflowId.indexOf('/');
  const lifecycle = workflowId.slice(0, slash);
  const resource = slash === -1 ? undefined : resources[lifecycle];
  if (resource === undefined) return <Nothing />;
  return (
    <Link to={`/${resource}/${encodeURIComponent(workflowId.slice(slash + 1))}/show`}>
      {lifecycle.replace('-', ' ')}
    </Link>
  );
}

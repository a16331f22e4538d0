import { Link } from 'react-admin';
import { Nothing } from './Nothing';

/** The journal that booked something. */
export function JournalLink({ id }: { readonly id: number | null | undefined }) {
  if (id == null) return <Nothing />;
  return <Link to={`/journals/${id}/show`}>{id}</Link>;
}

import { Link } from 'react-admin';
import { HashField } from './HashField';

interface CustomerFieldProps {
  readonly id: string | null | undefined;
  /** Where it is known, it is what people know a customer by. */
  readonly email?: string | null | undefined;
}

/** A customer, by email or id; leads to the customer's page. */
export function CustomerField({ id, email }: CustomerFieldProps) {
  const to = `/customers/${encodeURIComponent(id ?? '')}/show`;
  return email == null ? <HashField value={id} what="customer id" to={to} /> : <Link to={to}>{email}</Link>;
}

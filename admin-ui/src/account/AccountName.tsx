import { HashField } from '../field/HashField';

/** An account by its code and its owner. */
export function AccountName({ code, owner }: { readonly code: string; readonly owner: string }) {
  return (
    <span style={{ whiteSpace: 'nowrap' }}>
      {code} {owner === '' ? null : <HashField value={owner} what="account owner" head={9} tail={6} />}
    </span>
  );
}

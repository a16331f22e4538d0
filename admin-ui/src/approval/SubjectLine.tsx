import { MoneyField } from '../field/MoneyField';
import { HashField } from '../field/HashField';
import type { Approval } from './approval';

/** What is asked for in one line: the amount first, then whom or what it concerns. */
export function SubjectLine({ approval }: { readonly approval: Approval }) {
  const { amount, miner } = approval.subject;
  return (
    <>
      {typeof amount === 'string' ? <MoneyField value={amount} copy={false} /> : null}
      {typeof miner === 'string' ? ` into ${miner}` : null}
      {typeof amount === 'string' || typeof miner === 'string' ? null : (
        <HashField value={approval.subjectId} what={`${approval.subjectKind} id`} />
      )}
    </>
  );
}

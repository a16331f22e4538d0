import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import type { Approval } from './approval';

/** Rates by their pool and the epoch they are for. */
function RateLine({ subject: { poolId, fromEpoch } }: Pick<Approval, 'subject'>) {
  return (
    <>
      {typeof poolId === 'string' ? poolId : ''} pool, from epoch{' '}
      {typeof fromEpoch === 'number' ? fromEpoch.toLocaleString('en') : ''}
    </>
  );
}

interface AmountLineProps {
  readonly approval: Approval;
  /** atto, decimal text */
  readonly amount: string;
}

/** An amount, and where it comes from or goes. */
function AmountLine({ approval: { kind, subject }, amount }: AmountLineProps) {
  const { miner, from, address } = subject;
  return (
    <>
      <MoneyField value={amount} copy={false} />
      {typeof miner === 'string' ? (
        <>
          {' '}
          into <AddressField value={miner} />
        </>
      ) : null}
      {kind === 'withdrawal' && typeof address === 'string' ? (
        <>
          {' '}
          to <AddressField value={address} />
        </>
      ) : null}
      {typeof from === 'string' ? (
        <>
          {' '}
          from <AddressField value={from} />
        </>
      ) : null}
    </>
  );
}

/** What is asked for in one line: the amount first, then whom or what it concerns. */
export function SubjectLine({ approval }: { readonly approval: Approval }) {
  const { amount } = approval.subject;
  if (approval.kind === 'help') {
    const { action, workflow } = approval.subject;
    return (
      <>
        {action === 'cancel' ? 'Cancel and release' : 'Retry'}: {typeof workflow === 'string' ? workflow : ''}
      </>
    );
  }
  if (approval.kind === 'unfreeze') return <AddressField value={approval.subjectId} />;
  if (approval.kind === 'lift') {
    const { scope, frozenBecause } = approval.subject;
    return (
      <>
        Lift the freeze of {String(scope)}: {String(frozenBecause)}
      </>
    );
  }
  if (approval.kind === 'resolution') {
    const { sentence } = approval.subject;
    return typeof sentence === 'string' ? sentence : `Finding ${approval.subjectId}`;
  }
  if (approval.kind === 'comparison') return approval.subjectId;
  if (approval.kind === 'policy') return approval.subjectId.replaceAll(/[-/]/g, ' ');
  if (approval.kind === 'rate') return <RateLine subject={approval.subject} />;
  if (typeof amount !== 'string') {
    return <HashField value={approval.subjectId} what={`${approval.subjectKind} id`} />;
  }
  return <AmountLine approval={approval} amount={amount} />;
}

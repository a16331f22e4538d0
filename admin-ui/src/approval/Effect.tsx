import type { ReactNode } from 'react';
import { MoneyField } from '../field/MoneyField';
import { percentOf, shareOf } from '../field/ratio';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { readPool } from '../pool/reads';
import type { Pool } from '../pool/pool';
import type { Approval } from './approval';

interface Change {
  readonly what: string;
  readonly before: ReactNode;
  readonly after: ReactNode;
}

function changesOf(pool: Pool, amount: bigint): Change[] {
  const cash = BigInt(pool.cash);
  const lent = BigInt(pool.debt);
  const committed = BigInt(pool.committed);
  const assets = cash + committed + lent - BigInt(pool.reserve);
  const money = (value: bigint) => <MoneyField value={value.toString()} copy={false} />;
  return [
    {
      what: `Lendable, above the liquidity reserve of ${percentOf(pool.liquidityShare, 2)}`,
      before: money(BigInt(pool.lendable)),
      after: money(BigInt(pool.lendable) - amount),
    },
    { what: 'Free cash of the pool', before: money(cash), after: money(cash - amount) },
    {
      what: 'Committed, then lent',
      before: money(committed + lent),
      after: money(committed + lent + amount),
    },
    {
      what: 'Utilisation once it is lent',
      before: percentOf(pool.utilisation),
      after: percentOf(shareOf(lent + committed + amount, assets)),
    },
  ];
}

function Changes({ pool, amount }: { readonly pool: Pool; readonly amount: bigint }) {
  return (
    <PlainTable
      label="Before and after"
      rows={changesOf(pool, amount)}
      keyOf={({ what }) => what}
      empty=""
      columns={[
        { label: 'Changes', cell: ({ what }) => what },
        { label: 'Before', align: 'right', cell: ({ before }) => before },
        { label: 'After', align: 'right', cell: ({ after }) => after },
      ]}
    />
  );
}

interface EffectProps {
  readonly approval: Approval;
  /** Without a panel around it, for dialogs. */
  readonly bare?: boolean;
}

/** What accepting a loan does to its pool, from the pool's present figures. */
export function Effect({ approval, bare = false }: EffectProps) {
  const { amount, poolId } = approval.subject;
  if (approval.kind !== 'loan' || approval.state !== 'waiting' || typeof amount !== 'string') return null;
  const id = typeof poolId === 'string' ? poolId : 'flexible';
  const table = (
    <Loaded queryKey={['pool', id]} read={(signal) => readPool(id, signal)}>
      {(pool) => <Changes pool={pool} amount={BigInt(amount)} />}
    </Loaded>
  );
  return bare ? (
    table
  ) : (
    <Panel title="What it changes" hint="From the pool's figures now" flush>
      {table}
    </Panel>
  );
}

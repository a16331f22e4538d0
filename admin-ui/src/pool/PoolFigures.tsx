import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import type { Pool } from './pool';

/** The figures of a pool at its clock. */
export function PoolFigures({ pool }: { readonly pool: Pool }) {
  return (
    <Facts
      columns={4}
      facts={[
        {
          label: 'Fund utilisation',
          value: <strong data-figure="utilisation">{percentOf(pool.utilisation)}</strong>,
        },
        { label: 'Borrow APR', value: <span data-figure="borrow-apr">{percentOf(pool.borrowApr)}</span> },
        { label: 'Deposit APR', value: <span data-figure="deposit-apr">{percentOf(pool.depositApr)}</span> },
        { label: 'Free cash', value: <MoneyField value={pool.cash} /> },
        { label: 'Lendable of it', value: <MoneyField value={pool.lendable} /> },
        { label: 'Borrow APY', value: percentOf(pool.borrowApy) },
        { label: 'Deposit APY', value: percentOf(pool.depositApy) },
        {
          label: `Liquidity reserve, ${percentOf(pool.liquidityShare, 2)}`,
          value: <MoneyField value={pool.liquidityReserve} />,
        },
        { label: 'Pool clock, epoch', value: <EpochField value={pool.lastEpoch} /> },
        { label: 'Committed', value: <MoneyField value={pool.committed} /> },
        { label: 'Lent, with interest', value: <MoneyField value={pool.debt} /> },
        { label: 'Loss reserve', value: <MoneyField value={pool.reserve} /> },
      ]}
    />
  );
}

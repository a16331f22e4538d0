import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { Panel } from '../layout/Panel';
import type { Pool } from './pool';

/** Whose the pool is, to the atto: positions, the residue of their rounding, the loss reserve. */
export function PoolStatement({ pool }: { readonly pool: Pool }) {
  return (
    <Panel title="Whose it is" hint="Depositors' claim = positions + residue of rounding down">
      <Facts
        facts={[
          { label: 'Depositors’ claim', value: <MoneyField value={pool.claim} /> },
          { label: `Positions (${pool.positions ?? 0})`, value: <MoneyField value={pool.positionsValue} /> },
          { label: 'Residue and virtual share', value: <MoneyField value={pool.residue} /> },
          { label: 'Interest earned so far', value: <MoneyField value={pool.interestEarned} /> },
          { label: 'of it to the loss reserve', value: <MoneyField value={pool.reserveEarned} /> },
          { label: 'Loss reserve now', value: <MoneyField value={pool.reserve} /> },
        ]}
      />
    </Panel>
  );
}

import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { signedPercentOf } from '../field/ratio';
import { Panel } from '../layout/Panel';
import type { Pool } from './pool';

/** What a share really brought, and between which epochs. */
function Trailing({ pool: { trailing } }: { readonly pool: Pool }) {
  if (trailing == null) return <Nothing />;
  return (
    <>
      {signedPercentOf(trailing.apr)} (epochs <EpochField value={trailing.fromEpoch} /> to{' '}
      <EpochField value={trailing.toEpoch} />)
    </>
  );
}

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
          { label: 'Yield of the last 7 days, a year (APR)', value: <Trailing pool={pool} /> },
        ]}
      />
    </Panel>
  );
}

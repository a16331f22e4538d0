import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { percentOf } from '../field/ratio';
import { Panel } from '../layout/Panel';
import type { OpenFigures } from './figure';

/** The figures at the last booking. */
export function Now({ figures }: { readonly figures: OpenFigures }) {
  return (
    <>
      <Panel title="Total value locked" hint="Idle + committed + lent = depositors’ + loss reserve">
        <Facts
          columns={4}
          facts={[
            { label: 'TVL', value: <MoneyField value={figures.tvl} /> },
            { label: 'Deposited', value: <MoneyField value={figures.deposited} /> },
            { label: 'Lent, with interest', value: <MoneyField value={figures.lent} /> },
            { label: 'Idle', value: <MoneyField value={figures.idle} /> },
            { label: 'Committed', value: <MoneyField value={figures.committed} /> },
            { label: 'Loss reserve', value: <MoneyField value={figures.reserve} /> },
            { label: 'In rounds', value: <MoneyField value={figures.inRounds} /> },
            { label: 'As of epoch', value: <EpochField value={figures.lastEpoch} /> },
          ]}
        />
      </Panel>
      <Panel title="Rates" hint="Of the flexible pool; APY is the APR compounded each epoch">
        <Facts
          columns={4}
          facts={[
            { label: 'Utilisation', value: <strong>{percentOf(figures.utilisation)}</strong> },
            { label: 'Depositors', value: figures.depositors.toLocaleString('en') },
            { label: 'Loans', value: figures.loans.toLocaleString('en') },
            { label: 'Deposit APR', value: percentOf(figures.depositApr) },
            { label: 'Deposit APY', value: percentOf(figures.depositApy) },
            { label: 'Lending APR', value: percentOf(figures.borrowApr) },
            { label: 'Lending APY', value: percentOf(figures.borrowApy) },
          ]}
        />
      </Panel>
    </>
  );
}

import { DataTable, Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { AddressField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Miner } from './miner';
import { powerText } from './power';

const watched = [
  { value: true, label: 'Holding our FIL' },
  { value: false, label: 'Others' },
  { value: null, label: 'All' },
];

/** Faulty of live sectors; a dash where they were not read. */
export function faultsOf({
  faultySectors,
  liveSectors,
}: Pick<Miner, 'faultySectors' | 'liveSectors'>): string {
  if (faultySectors === null || liveSectors === null) return '—';
  return `${faultySectors.toLocaleString('en')} of ${liveSectors.toLocaleString('en')}`;
}

function Health({ miner: { openAlerts, watched: live } }: { readonly miner: Miner }) {
  if (openAlerts > 0)
    return (
      <StateChip state="alert" tone="bad" label={`${openAlerts} ${openAlerts === 1 ? 'alert' : 'alerts'}`} />
    );
  return live ? <StateChip state="sound" tone="good" /> : <StateChip state="not watched" tone="rest" />;
}

export function MinerList() {
  return (
    <ListPage
      title="Miner health"
      hint="The collateral of every loan, read at finalised tipsets."
      sort={{ field: 'openAlerts', order: 'DESC' }}
      filterDefaultValues={{ watched: true }}
      filters={<ChoiceFilter source="watched" label="Which miners" choices={watched} />}
    >
      <Rows<Miner> empty="No miner here. A miner is watched as soon as FIL is lent into it.">
        <DataTable.Col<Miner> source="id" label="Miner" render={({ id }) => <AddressField value={id} />} />
        <DataTable.Col<Miner>
          source="openAlerts"
          label="Health"
          render={(miner) => <Health miner={miner} />}
        />
        <DataTable.Col<Miner>
          source="loanNumber"
          label="Loan"
          disableSort
          render={({ loanId, loanNumber }) => <Link to={`/loans/${loanId}/show`}>#{loanNumber}</Link>}
        />
        <DataTable.Col<Miner>
          source="owner"
          label="Owner"
          disableSort
          render={({ owner, escrow, watched: live }) =>
            live && owner === escrow ? 'our escrow' : <AddressField value={owner} />
          }
        />
        <DataTable.Col<Miner>
          source="qualityPower"
          label="Power"
          align="right"
          render={({ qualityPower }) => powerText(qualityPower)}
        />
        <DataTable.Col<Miner>
          source="faultySectors"
          label="Faulty sectors"
          align="right"
          render={(miner) => faultsOf(miner)}
        />
        <DataTable.Col<Miner>
          source="feeDebt"
          label="Fee debt"
          align="right"
          render={({ feeDebt }) => <MoneyField value={feeDebt} />}
        />
        <DataTable.Col<Miner>
          source="available"
          label="Available"
          align="right"
          render={({ available }) => <MoneyField value={available} />}
        />
        <DataTable.Col<Miner>
          source="height"
          label="Read at"
          align="right"
          render={({ height }) => <EpochField value={height} />}
        />
      </Rows>
    </ListPage>
  );
}

import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Sweep } from './sweep';

const states = [
  { value: null, label: 'All' },
  ...['running', 'swept', 'nothing', 'failed'].map((value) => ({ value, label: wordsOf(value) })),
];
const kinds = [
  { value: null, label: 'All addresses' },
  ...['deposit', 'repayment', 'escrow'].map((value) => ({ value, label: wordsOf(value) })),
];

export function SweepList() {
  return (
    <ListPage
      title="Sweeps"
      hint="What was paid in is gathered on the hot wallet; a little stays behind for the gas."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={
        <div>
          <ChoiceFilter source="state" label="State" choices={states} />
          <ChoiceFilter source="kind" label="Address" choices={kinds} />
        </div>
      }
    >
      <Rows<Sweep> empty="No sweep yet: the first follows the first deposit that is final.">
        <DataTable.Col<Sweep>
          source="createdAt"
          label="Began"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Sweep>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Sweep>
          source="amount"
          label="Swept"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<Sweep>
          source="gas"
          label="Gas paid"
          align="right"
          disableSort
          render={({ gas }) => <MoneyField value={gas} />}
        />
        <DataTable.Col<Sweep>
          source="address"
          label="Address"
          disableSort
          render={({ address, kind, n }) => (
            <>
              <AddressField value={address} />
              <div className="aside">
                {kind}, sweep {n}
              </div>
            </>
          )}
        />
        <DataTable.Col<Sweep>
          source="includedEpoch"
          label="Included at"
          align="right"
          render={({ includedEpoch }) => <EpochField value={includedEpoch} />}
        />
        <DataTable.Col<Sweep>
          source="cid"
          label="Message"
          disableSort
          render={({ cid }) => <HashField value={cid} what="CID" />}
        />
      </Rows>
    </ListPage>
  );
}

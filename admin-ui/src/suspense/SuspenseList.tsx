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
import { AssignButton } from './AssignButton';
import type { SuspenseArrival } from './suspense';

const states = [
  { value: null, label: 'All' },
  { value: 'unassigned', label: 'Of nobody' },
  { value: 'asked', label: 'Asked' },
  { value: 'assigned', label: 'Assigned' },
];

export function SuspenseList() {
  return (
    <ListPage
      title="Suspense"
      hint="FIL that came unannounced. Two people may give all of one arrival to a customer, once."
      sort={{ field: 'bookedAt', order: 'DESC' }}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<SuspenseArrival> empty="Nothing came unannounced: suspense is empty." rowClick={false}>
        <DataTable.Col<SuspenseArrival>
          source="bookedAt"
          label="Booked"
          render={({ bookedAt }) => <TimeField value={bookedAt} />}
        />
        <DataTable.Col<SuspenseArrival>
          source="state"
          label="State"
          disableSort
          render={({ state }) => (
            <StateChip
              state={state}
              tone={state === 'assigned' ? 'good' : state === 'asked' ? 'wait' : 'care'}
              label={state === 'unassigned' ? 'Of nobody' : wordsOf(state)}
            />
          )}
        />
        <DataTable.Col<SuspenseArrival>
          source="amount"
          label="Amount"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<SuspenseArrival>
          source="fromAddress"
          label="From"
          disableSort
          render={({ fromAddress }) => <AddressField value={fromAddress} />}
        />
        <DataTable.Col<SuspenseArrival>
          source="toKind"
          label="To"
          disableSort
          render={({ toAddress, toKind }) => (
            <>
              {wordsOf(toKind)} <AddressField value={toAddress} />
            </>
          )}
        />
        <DataTable.Col<SuspenseArrival>
          source="includedEpoch"
          label="Epoch"
          align="right"
          render={({ includedEpoch }) => <EpochField value={includedEpoch} />}
        />
        <DataTable.Col<SuspenseArrival>
          source="cid"
          label="Message"
          disableSort
          render={({ cid }) => <HashField value={cid} what="CID" />}
        />
        <DataTable.Col<SuspenseArrival>
          source="customerId"
          label="Whose"
          disableSort
          render={(arrival) => <AssignButton arrival={arrival} />}
        />
      </Rows>
    </ListPage>
  );
}

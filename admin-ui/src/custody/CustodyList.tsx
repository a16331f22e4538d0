import { DataTable } from 'react-admin';
import { WaitingApproval } from '../approval/WaitingApproval';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { directionNames, type CustodyTransfer } from './custody';
import { Overview } from './Overview';

const directions = [
  { value: null, label: 'All' },
  { value: 'to-cold', label: 'To cold' },
  { value: 'refill', label: 'Refills' },
];

export function CustodyList() {
  return (
    <ListPage
      title="Custody"
      hint="What our wallets hold; the hot one is kept between a low and a high mark."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={
        <>
          <Overview />
          <ChoiceFilter source="direction" label="Transfers" choices={directions} />
        </>
      }
    >
      <Rows<CustodyTransfer> empty="The hot wallet has stayed between its marks: nothing went to cold, no refill was asked for.">
        <DataTable.Col<CustodyTransfer>
          source="createdAt"
          label="Begun"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<CustodyTransfer>
          source="direction"
          label="What"
          disableSort
          render={({ direction }) => directionNames[direction]}
        />
        <DataTable.Col<CustodyTransfer>
          source="amount"
          label="Amount"
          align="right"
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<CustodyTransfer>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<CustodyTransfer>
          source="approvalId"
          label="Approval"
          disableSort
          render={({ approvalId, state }) =>
            state === 'proposed' && approvalId !== null ? <WaitingApproval id={approvalId} /> : <Nothing />
          }
        />
      </Rows>
    </ListPage>
  );
}

import { Box } from '@mui/material';
import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { Confirmations, ReorgMark } from './Confirmations';
import type { Deposit } from './deposit';

const kinds = [
  { value: null, label: 'All addresses' },
  { value: 'deposit', label: 'Deposit' },
  { value: 'repayment', label: 'Repayment' },
  { value: 'escrow', label: 'Escrow' },
  { value: 'hot', label: 'Hot' },
];
const states = [
  { value: null, label: 'All' },
  { value: 'seen', label: 'Seen' },
  { value: 'final', label: 'Final' },
  { value: 'orphaned', label: 'Orphaned' },
  { value: 'replaced', label: 'Replaced' },
];

function State({ deposit }: { readonly deposit: Deposit }) {
  return (
    <Box sx={{ display: 'flex', gap: 0.75, flexWrap: 'wrap' }}>
      <StateChip state={deposit.state} />
      <ReorgMark deposit={deposit} />
    </Box>
  );
}

function To({ deposit: { toAddress, toKind, bookedAs } }: { readonly deposit: Deposit }) {
  return (
    <>
      <AddressField value={toAddress} />
      <div className="aside">
        {bookedAs === null || bookedAs === toKind ? toKind : `${toKind}, as ${bookedAs}`}
      </div>
    </>
  );
}

const filters = (
  <div>
    <ChoiceFilter source="state" label="State" choices={states} />
    <ChoiceFilter source="toKind" label="Address" choices={kinds} />
  </div>
);

export function DepositList() {
  return (
    <ListPage
      title="Deposits"
      hint="FIL that arrived at an address of ours: booked once, at finality."
      sort={{ field: 'seenAt', order: 'DESC' }}
      filters={filters}
    >
      <Rows<Deposit> empty="No arrival has been seen. chain-watch notes each one as soon as its tipset is walked.">
        <DataTable.Col<Deposit>
          source="seenAt"
          label="Seen"
          render={({ seenAt }) => <TimeField value={seenAt} />}
        />
        <DataTable.Col<Deposit>
          source="state"
          label="State"
          disableSort
          render={(row) => <State deposit={row} />}
        />
        <DataTable.Col<Deposit>
          source="amount"
          label="Amount"
          align="right"
          disableSort
          render={({ amount }) => <MoneyField value={amount} />}
        />
        <DataTable.Col<Deposit>
          source="confirmations"
          label="Confirmations"
          disableSort
          render={(row) => <Confirmations deposit={row} />}
        />
        <DataTable.Col<Deposit>
          source="fromAddress"
          label="From"
          disableSort
          render={({ fromAddress }) => <AddressField value={fromAddress} />}
        />
        <DataTable.Col<Deposit>
          source="toAddress"
          label="To"
          disableSort
          render={(row) => <To deposit={row} />}
        />
        <DataTable.Col<Deposit>
          source="includedEpoch"
          label="Included at"
          align="right"
          disableSort
          render={({ includedEpoch }) => <EpochField value={includedEpoch} />}
        />
        <DataTable.Col<Deposit>
          source="cid"
          label="Message"
          disableSort
          render={({ cid }) => <HashField value={cid} what="CID" />}
        />
      </Rows>
    </ListPage>
  );
}

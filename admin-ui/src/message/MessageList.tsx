import { DataTable, Link } from 'react-admin';
import { AddressField, HashField } from '../field/HashField';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import type { Message } from './message';

const states = [
  { value: null, label: 'All' },
  ...['draft', 'signed', 'pushed', 'included', 'final', 'failed', 'cancelled', 'conflict'].map((value) => ({
    value,
    label: wordsOf(value),
  })),
];

export function MessageList() {
  return (
    <ListPage
      title="On-chain messages"
      hint="A payment owns one nonce; every attempt is kept."
      sort={{ field: 'createdAt', order: 'DESC' }}
      side={<Link to="/senders">As lanes</Link>}
      filters={<ChoiceFilter source="state" label="State" choices={states} />}
    >
      <Rows<Message> empty="No message here. Sweeps, disbursements and owner changes appear when they are drafted.">
        <DataTable.Col<Message>
          source="createdAt"
          label="Drafted"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Message> source="kind" label="Kind" disableSort render={({ kind }) => wordsOf(kind)} />
        <DataTable.Col<Message>
          source="state"
          label="State"
          disableSort
          render={({ state }) => <StateChip state={state} />}
        />
        <DataTable.Col<Message>
          source="value"
          label="Value"
          align="right"
          disableSort
          render={({ value }) => <MoneyField value={value} />}
        />
        <DataTable.Col<Message>
          source="fromAddress"
          label="From"
          disableSort
          render={({ fromAddress }) => <AddressField value={fromAddress} />}
        />
        <DataTable.Col<Message>
          source="toAddress"
          label="To"
          disableSort
          render={({ toAddress }) => <AddressField value={toAddress} />}
        />
        <DataTable.Col<Message>
          source="includedEpoch"
          label="Included at"
          align="right"
          disableSort
          render={({ includedEpoch }) => <EpochField value={includedEpoch} />}
        />
        <DataTable.Col<Message>
          source="cid"
          label="CID"
          disableSort
          render={({ cid }) => <HashField value={cid} what="CID" />}
        />
      </Rows>
    </ListPage>
  );
}

import { Link, useGetList } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import type { Deposit } from '../deposit/deposit';
import { Fault } from '../layout/Fault';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import type { Loan } from '../loan/loan';

const newest = { pagination: { page: 1, perPage: 50 } };

export function CustomerDeposits({ customerId }: { readonly customerId: string }) {
  const sort = { field: 'seenAt', order: 'DESC' } as const;
  const { data, error } = useGetList<Deposit>('deposits', { ...newest, sort, filter: { customerId } });
  return (
    <Panel title="Deposits" flush>
      {error ? <Fault error={error} /> : null}
      <PlainTable
        label="Deposits"
        rows={data ?? []}
        keyOf={({ id }) => id}
        empty="No deposit has been seen."
        columns={[
          { label: 'Seen', cell: ({ seenAt }) => <TimeField value={seenAt} /> },
          { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
          { label: 'Amount', align: 'right', cell: ({ amount }) => <MoneyField value={amount} /> },
          {
            label: 'Included at',
            align: 'right',
            cell: ({ includedEpoch }) => <EpochField value={includedEpoch} />,
          },
          {
            label: 'Message',
            cell: ({ id, cid }) => (
              <HashField value={cid} what="CID" to={`/deposits/${encodeURIComponent(id)}/show`} />
            ),
          },
        ]}
      />
    </Panel>
  );
}

export function CustomerLoans({ customerId }: { readonly customerId: string }) {
  const sort = { field: 'createdAt', order: 'DESC' } as const;
  const { data, error } = useGetList<Loan>('loans', { ...newest, sort, filter: { borrowerId: customerId } });
  return (
    <Panel title="Loans" flush>
      {error ? <Fault error={error} /> : null}
      <PlainTable
        label="Loans"
        rows={data ?? []}
        keyOf={({ id }) => id}
        empty="No loan was applied for."
        columns={[
          { label: 'No.', cell: ({ id, number }) => <Link to={`/loans/${id}/show`}>#{number}</Link> },
          { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
          { label: 'Amount', align: 'right', cell: ({ amount }) => <MoneyField value={amount} /> },
          { label: 'Miner', cell: ({ miner }) => miner },
        ]}
      />
    </Panel>
  );
}

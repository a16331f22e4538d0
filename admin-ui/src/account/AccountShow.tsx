import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { TimeField } from '../field/TimeField';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { API, request } from '../providers/request';
import { listOf } from '../providers/row';
import { ZeroCheck } from '../trialBalance/ZeroCheck';
import type { Account } from './account';

interface StatementLine {
  /** Version of the account: 1 is the first posting. */
  readonly id: number;
  readonly journalId: number;
  readonly kind: string;
  readonly side: 'debit' | 'credit';
  readonly amount: string;
  readonly balanceAfter: string;
  readonly bookedAt: string;
}

async function readStatement(id: string, signal: AbortSignal): Promise<StatementLine[]> {
  return listOf<StatementLine>(
    (await request(`${API}/accounts/${encodeURIComponent(id)}/statement`, { signal })).json,
  );
}

function Statement({ rows, unit }: { readonly rows: readonly StatementLine[]; readonly unit: string }) {
  return (
    <PlainTable
      label="Statement"
      rows={rows}
      keyOf={({ id }) => String(id)}
      empty="Nothing was posted to this account."
      columns={[
        { label: 'No.', align: 'right', cell: ({ id }) => id },
        { label: 'Booked', cell: ({ bookedAt }) => <TimeField value={bookedAt} /> },
        {
          label: 'Journal',
          cell: ({ journalId, kind }) => (
            <Link to={`/journals/${journalId}/show`}>{`${journalId} ${kind}`}</Link>
          ),
        },
        {
          label: 'Debit',
          align: 'right',
          cell: ({ side, amount }) => (side === 'debit' ? <MoneyField value={amount} unit={unit} /> : ''),
        },
        {
          label: 'Credit',
          align: 'right',
          cell: ({ side, amount }) => (side === 'credit' ? <MoneyField value={amount} unit={unit} /> : ''),
        },
        {
          label: 'Balance after',
          align: 'right',
          cell: ({ balanceAfter }) => <MoneyField value={balanceAfter} unit={unit} />,
        },
      ]}
    />
  );
}

export function AccountShow() {
  return (
    <ShowPage<Account>
      list={['/accounts', 'Accounts']}
      title={({ code }) => code}
      side={() => <ZeroCheck />}
      body={(row) => (
        <>
          <Panel title="The account">
            <Facts
              facts={[
                { label: 'Balance', value: <MoneyField value={row.balance} unit={row.asset} /> },
                { label: 'Debits', value: <MoneyField value={row.debits} unit={row.asset} /> },
                { label: 'Credits', value: <MoneyField value={row.credits} unit={row.asset} /> },
                { label: 'Owner', value: <HashField value={row.owner} what="account owner" /> },
                { label: 'Normal side', value: row.normalSide === 'D' ? 'debit' : 'credit' },
              ]}
            />
          </Panel>
          <Panel title="Statement" hint="The newest hundred first" flush>
            <Loaded
              queryKey={['accounts', 'statement', row.id]}
              read={(signal) => readStatement(String(row.id), signal)}
            >
              {(rows) => <Statement rows={rows} unit={row.asset} />}
            </Loaded>
          </Panel>
        </>
      )}
    />
  );
}

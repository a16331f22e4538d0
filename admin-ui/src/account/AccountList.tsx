import { DataTable } from 'react-admin';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { ZeroCheck } from '../trialBalance/ZeroCheck';
import type { Account } from './account';

export function AccountList() {
  return (
    <ListPage
      title="Accounts"
      hint="One custody account for each address on chain."
      sort={{ field: 'code', order: 'ASC' }}
      side={<ZeroCheck />}
    >
      <Rows<Account> empty="No account is open: accounts open themselves with their first posting.">
        <DataTable.Col<Account> source="code" label="Account" />
        <DataTable.Col<Account>
          source="owner"
          label="Owner"
          disableSort
          render={({ owner }) => <HashField value={owner} what="account owner" />}
        />
        <DataTable.Col<Account>
          source="normalSide"
          label="Side"
          disableSort
          render={({ normalSide }) => (normalSide === 'D' ? 'Debit' : 'Credit')}
        />
        <DataTable.Col<Account>
          source="balance"
          label="Balance"
          align="right"
          disableSort
          render={({ balance, asset }) => <MoneyField value={balance} unit={asset} />}
        />
        <DataTable.Col<Account> source="version" label="Postings" align="right" disableSort />
      </Rows>
    </ListPage>
  );
}

import { Link } from 'react-admin';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { FreezeButton } from '../freeze/FreezeButton';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { StatementButton } from '../statement/StatementButton';
import { workflowPath } from '../workflow/workflow';
import type { Customer } from './customer';
import { CustomerDeposits, CustomerLoans } from './CustomerDealings';

export function CustomerShow() {
  return (
    <ShowPage<Customer>
      list={['/customers', 'Customers']}
      title={({ email }) => email}
      hint={({ state }) => <StateChip state={state} />}
      side={({ id }) => (
        <>
          <StatementButton path={`customers/${id}`} />
          <FreezeButton customerId={id} />
        </>
      )}
      body={(row) => (
        <>
          <Panel title="The account">
            <Facts
              facts={[
                { label: 'Name', value: row.profile?.fullName ?? <Nothing /> },
                { label: 'Country', value: row.profile?.country ?? <Nothing /> },
                { label: 'Available', value: <MoneyField value={row.available} /> },
                { label: 'On its way out', value: <MoneyField value={row.withdrawing} /> },
                { label: 'In positions', value: <MoneyField value={row.positionsValue} /> },
                { label: 'Deposit address', value: <AddressField value={row.depositAddress} /> },
                { label: 'Registered', value: <TimeField value={row.createdAt} /> },
                { label: 'Opened', value: <TimeField value={row.openedAt} /> },
                { label: 'Customer id', value: <HashField value={row.id} what="customer id" /> },
                {
                  label: 'Onboarding',
                  value: <Link to={workflowPath(`onboarding/${row.id}`)}>its story</Link>,
                },
              ]}
            />
          </Panel>
          <CustomerDeposits customerId={row.id} />
          <CustomerLoans customerId={row.id} />
        </>
      )}
    />
  );
}

import { Button } from '@mui/material';
import { DataTable, Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { useMay } from '../providers/useSession';
import type { EmailApplication } from './emailApplication';

function OpenButton() {
  if (!useMay('loan:open-by-email')) return null;
  return (
    <Button
      component={Link}
      to="/email-applications/create"
      variant="contained"
      data-command="Open an application"
    >
      Open an application
    </Button>
  );
}

export function EmailApplicationList() {
  return (
    <ListPage
      title="Applications by email"
      hint="Opened by staff on a borrower's behalf. Who opens one is a maker of its loan and cannot check it."
      sort={{ field: 'openedAt', order: 'DESC' }}
      side={<OpenButton />}
    >
      <Rows<EmailApplication> empty="No application has come by email.">
        <DataTable.Col<EmailApplication>
          source="receivedAt"
          label="Mail of"
          render={({ receivedAt }) => <TimeField value={receivedAt} />}
        />
        <DataTable.Col<EmailApplication> source="subject" label="Subject" disableSort />
        <DataTable.Col<EmailApplication> source="miner" label="Miner" disableSort />
        <DataTable.Col<EmailApplication>
          source="state"
          label="Loan"
          disableSort
          render={({ state }) => <StateChip state={state ?? 'refused'} />}
        />
        <DataTable.Col<EmailApplication>
          source="borrowerId"
          label="Borrower"
          disableSort
          render={({ borrowerId }) => <CustomerField id={borrowerId} />}
        />
        <DataTable.Col<EmailApplication> source="openedByEmail" label="Opened by" disableSort />
        <DataTable.Col<EmailApplication>
          source="openedAt"
          label="Opened"
          render={({ openedAt }) => <TimeField value={openedAt} />}
        />
      </Rows>
    </ListPage>
  );
}

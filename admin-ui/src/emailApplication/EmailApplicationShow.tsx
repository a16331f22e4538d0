import { Box } from '@mui/material';
import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import type { EmailApplication } from './emailApplication';

function Body({ row }: { readonly row: EmailApplication }) {
  return (
    <>
      <Panel title="The mail" hint="Kept in the database; no part of the workflow's history">
        <Facts
          facts={[
            { label: 'Subject', value: row.subject },
            { label: 'Received', value: <TimeField value={row.receivedAt} /> },
            { label: 'Message-ID', value: <code>{row.messageId}</code> },
            {
              label: 'SHA-256 of the attachment',
              value: <HashField value={row.attachmentSha256} what="SHA-256" />,
            },
            { label: 'Opened by', value: row.openedByEmail },
            { label: 'Opened', value: <TimeField value={row.openedAt} /> },
          ]}
        />
      </Panel>
      <Panel title="What came of it">
        <Facts
          facts={[
            {
              label: 'Loan',
              value:
                row.state === null ? (
                  'refused: no loan'
                ) : (
                  <Link to={`/loans/${encodeURIComponent(row.id)}/show`}>the loan</Link>
                ),
            },
            { label: 'Miner', value: <AddressField value={row.miner} /> },
            {
              label: 'Borrower',
              value: <CustomerField id={row.borrowerId} />,
            },
          ]}
        />
      </Panel>
      <Panel title="Its text">
        {row.content === null ? (
          <Nothing />
        ) : (
          <Box component="pre" sx={{ m: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 13 }}>
            {row.content}
          </Box>
        )}
      </Panel>
    </>
  );
}

export function EmailApplicationShow() {
  return (
    <ShowPage<EmailApplication>
      list={['/email-applications', 'Applications by email']}
      title={({ subject }) => `Mail: ${subject}`}
      hint={({ state }) => <StateChip state={state ?? 'refused'} />}
      body={(row) => <Body row={row} />}
    />
  );
}

import { Box, Button, TextField } from '@mui/material';
import { useState } from 'react';
import { Link, useRedirect } from 'react-admin';
import { attoOf } from '../field/amount';
import { MoneyField } from '../field/MoneyField';
import { Fault } from '../layout/Fault';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { Panel } from '../layout/Panel';
import { commands } from '../providers/commands';
import { newKey } from '../providers/key';
import { Problem } from '../providers/problem';
import { useCommand } from '../providers/useCommand';
import { useMay } from '../providers/useSession';
import { Attachment } from './Attachment';
import { Borrower } from './Borrower';
import { bodyOf, faultsOf } from './check';
import { emptyDraft, wrongOf, type Draft, type Field, type Wrong } from './emailApplication';
import { OwnerText } from './OwnerText';

const grid = {
  display: 'grid',
  gap: 2,
  gridTemplateColumns: { xs: '1fr', md: 'repeat(2, minmax(0, 1fr))' },
  alignItems: 'start',
} as const;

interface Entry {
  readonly draft: Draft;
  readonly wrong: Wrong;
  readonly set: (field: Field, value: string) => void;
}

interface TextProps extends Entry {
  readonly field: Field;
  readonly label: string;
  readonly hint: string;
  readonly kind?: 'text' | 'datetime-local';
  readonly lines?: number;
  readonly optional?: boolean;
}

function Text({ draft, wrong, set, field, label, hint, kind = 'text', lines, optional = false }: TextProps) {
  const fault = wrong[field];
  return (
    <TextField
      label={label}
      required={!optional}
      fullWidth
      type={kind}
      value={draft[field]}
      error={fault !== undefined}
      helperText={fault ?? hint}
      onChange={(event) => set(field, event.target.value)}
      {...(lines === undefined ? {} : { multiline: true, minRows: lines })}
      slotProps={{
        htmlInput: { spellCheck: false, autoComplete: 'off' },
        ...(kind === 'text' ? {} : { inputLabel: { shrink: true } }),
      }}
    />
  );
}

function Asked(entry: Entry) {
  const amount = attoOf(entry.draft.amount);
  return (
    <Panel title="What they ask for">
      <Box sx={grid}>
        <Box>
          <Text {...entry} field="amount" label="Amount in FIL" hint="As people write it: 1,000.5" />
          {amount === null ? null : <MoneyField value={amount} copy={false} />}
        </Box>
        <Text {...entry} field="termEpochs" label="Term in epochs" hint="2,880 a day on mainnet" />
        <Text
          {...entry}
          field="address"
          label="Owner's address"
          hint="f1… or f3…, the key that signed the text"
        />
        <Text
          {...entry}
          field="signature"
          label="Signature"
          hint="Hex, as lotus wallet sign prints it"
          lines={2}
        />
      </Box>
    </Panel>
  );
}

function Mail(entry: Entry) {
  return (
    <Panel title="The mail" hint="The reference that this application is held to">
      <Box sx={grid}>
        <Text {...entry} field="messageId" label="Message-ID" hint="From its header: <…@…>" />
        <Text {...entry} field="receivedAt" label="Received" hint="Your own time" kind="datetime-local" />
        <Text {...entry} field="subject" label="Subject" hint="As it stands in the mail" />
        <Attachment
          sha256={entry.draft.attachmentSha256}
          onChange={(sha256) => entry.set('attachmentSha256', sha256)}
        />
      </Box>
      <Box sx={{ mt: 2 }}>
        <Text
          {...entry}
          field="content"
          label="Text of the mail"
          hint="Or choose its attachment"
          lines={4}
          optional
        />
      </Box>
    </Panel>
  );
}

/** The form's state, and its sending: with a new key after each refusal, which is another intent. */
function useApplication() {
  const redirect = useRedirect();
  const [draft, setDraft] = useState(emptyDraft);
  const [wrong, setWrong] = useState<Wrong>({});
  const [key, setKey] = useState(newKey);
  const set = (field: Field, value: string): void => {
    setDraft((before) => ({ ...before, [field]: value }));
    setWrong((before) => Object.fromEntries(Object.entries(before).filter(([name]) => name !== field)));
  };
  const { mutate, isPending, error } = useCommand(
    async () => {
      try {
        await commands.openByEmail(bodyOf(draft), key);
      } catch (thrown) {
        if (thrown instanceof Problem && thrown.status >= 400 && thrown.status < 500) {
          setKey(newKey());
          setWrong(wrongOf(thrown));
        }
        throw thrown;
      }
    },
    {
      message: 'Opened. You are a maker of this loan: somebody else checks it.',
      then: () => redirect(`/loans/${encodeURIComponent(draft.loanId.trim())}/show`),
    },
  );
  const send = (): void => {
    const faults = faultsOf(draft);
    setWrong(faults);
    if (Object.keys(faults).length === 0) mutate(undefined);
  };
  return { draft, wrong, set, setWrong, send, isPending, error };
}

function Form() {
  const { draft, wrong, set, setWrong, send, isPending, error } = useApplication();
  const entry = { draft, wrong, set };
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Panel title="Whose loan, and what their owner signs">
        <Box sx={{ ...grid, mb: 2 }}>
          <Borrower fault={wrong.borrowerId} onChange={(id) => set('borrowerId', id)} />
          <Text {...entry} field="miner" label="Miner" hint="Its id address, f0…" />
          <Text
            {...entry}
            field="loanId"
            label="Loan id of the text"
            hint="Filled in when the text is made; type it where that was done before"
          />
        </Box>
        <OwnerText
          borrowerId={draft.borrowerId}
          miner={draft.miner.trim()}
          onMade={(loanId) => set('loanId', loanId)}
          onWrong={setWrong}
        />
      </Panel>
      <Asked {...entry} />
      <Mail {...entry} />
      {Object.keys(wrong).length === 0 ? null : (
        <Box role="status" sx={{ color: 'error.main', mb: 1 }}>
          Some fields are marked: what is wrong stands below each.
        </Box>
      )}
      {error === null ? null : <Fault error={error} />}
      <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end' }}>
        <Button component={Link} to="/email-applications" color="inherit">
          Cancel
        </Button>
        <Button type="submit" variant="contained" data-command="Open the application" disabled={isPending}>
          {isPending ? 'Sending…' : 'Open the application'}
        </Button>
      </Box>
    </Box>
  );
}

/** An application that came by email, opened on the borrower's behalf. */
export function EmailApplicationCreate() {
  const may = useMay('loan:open-by-email');
  return (
    <Page>
      <PageHead
        title="Open an application"
        above={<Link to="/email-applications">Applications by email</Link>}
        hint="You become a maker of this loan: you may forward it, but somebody else has to check it."
      />
      {may ? <Form /> : 'Your role does not open applications.'}
    </Page>
  );
}

import { Alert } from '@mui/material';
import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { JournalLink } from '../field/JournalLink';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { StepTrack, type Step, type StepStand } from '../field/StepTrack';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { Attempts } from './Attempts';
import type { Message } from './message';

const way = ['draft', 'signed', 'pushed', 'included', 'final'];

function standAt(index: number, { state, attempts = [], includedEpoch }: Message): StepStand {
  const place = way.indexOf(state);
  if (state === 'final') return 'done';
  if (place !== -1) return index < place ? 'done' : index === place ? 'now' : 'ahead';
  const reached = includedEpoch !== null ? 4 : attempts.length > 0 ? 2 : 0;
  return index < reached ? 'done' : index === reached ? 'stopped' : 'ahead';
}

function trackOf(message: Message): Step[] {
  return way.map((state, index) => ({ key: state, label: wordsOf(state), stand: standAt(index, message) }));
}

function subjectPath({ subjectKind, subjectId }: Message): string | undefined {
  return subjectKind === 'loan' ? `/loans/${encodeURIComponent(subjectId)}/show` : undefined;
}

function Body({ message }: { readonly message: Message }) {
  const { journalId, exitCode } = message;
  return (
    <>
      {message.needsAction === null ? null : (
        <Alert severity="warning" variant="outlined" sx={{ mb: 2 }}>
          {message.needsAction}
        </Alert>
      )}
      <Panel title="Where it stands">
        <StepTrack label="The way of this message" steps={trackOf(message)} />
      </Panel>
      <Panel title="The message">
        <Facts
          columns={4}
          facts={[
            { label: 'Value', value: <MoneyField value={message.value} /> },
            { label: 'From', value: <AddressField value={message.fromAddress} /> },
            { label: 'To', value: <AddressField value={message.toAddress} /> },
            { label: 'Method', value: message.method },
            { label: 'CID that landed', value: <HashField value={message.cid} what="CID" /> },
            { label: 'Included at', value: <EpochField value={message.includedEpoch} /> },
            { label: 'Executed at', value: <EpochField value={message.executedEpoch} /> },
            {
              label: 'Exit code',
              value:
                exitCode === null ? (
                  <Nothing />
                ) : (
                  <StateChip state="exit" tone={exitCode === 0 ? 'good' : 'bad'} label={String(exitCode)} />
                ),
            },
            { label: 'Gas paid', value: <MoneyField value={message.gas} /> },
            {
              label: 'Journal',
              value: <JournalLink id={journalId} />,
            },
            {
              label: 'About',
              value: (
                <HashField
                  value={message.subjectId}
                  what={`${message.subjectKind} id`}
                  to={subjectPath(message)}
                />
              ),
            },
            { label: 'Workflow', value: <Link to={workflowPath(`message/${message.id}`)}>its story</Link> },
          ]}
        />
      </Panel>
      <Panel title="Attempts" hint="All of them in one nonce slot: at most one can land" flush>
        <Attempts rows={message.attempts ?? []} landed={message.cid} />
      </Panel>
    </>
  );
}

export function MessageShow() {
  return (
    <ShowPage<Message>
      list={['/messages', 'On-chain messages']}
      title={({ kind }) => wordsOf(kind)}
      hint={(row) => (
        <>
          <StateChip state={row.state} /> {row.summary}
        </>
      )}
      body={(row) => <Body message={row} />}
    />
  );
}

import { HashField } from '../field/HashField';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { wordsOf, type Tone } from '../field/tone';
import { PlainTable } from '../layout/PlainTable';
import { standWords, standsOf, type Sender, type SlotStand } from './sender';

const tones: Readonly<Record<SlotStand, Tone>> = {
  landed: 'good',
  failed: 'bad',
  included: 'run',
  waiting: 'run',
  behind: 'wait',
  stuck: 'bad',
  conflict: 'bad',
};

/** The same as the lane, to be read line by line. */
export function SlotTable({ sender: { address, slots } }: { readonly sender: Sender }) {
  return (
    <PlainTable
      label={`Nonces of ${address}`}
      rows={[...standsOf(slots)].reverse()}
      keyOf={([{ nonce }]) => String(nonce)}
      empty="Never signed anything."
      columns={[
        { label: 'Nonce', align: 'right', cell: ([{ nonce }]) => nonce },
        {
          label: 'Message',
          cell: ([{ kind, messageId }]) => (
            <HashField
              value={wordsOf(kind)}
              what="kind"
              head={30}
              to={`/messages/${encodeURIComponent(messageId)}/show`}
            />
          ),
        },
        {
          label: 'Stands',
          cell: ([, stand]) => <StateChip state={stand} tone={tones[stand]} label={standWords[stand]} />,
        },
        { label: 'Value', align: 'right', cell: ([{ value }]) => <MoneyField value={value} /> },
        { label: 'Attempts', align: 'right', cell: ([{ attempts }]) => attempts.length },
        { label: 'Reorgs', align: 'right', cell: ([{ reorgs }]) => (reorgs === 0 ? <Nothing /> : reorgs) },
        {
          label: 'Waits, epochs',
          align: 'right',
          cell: ([{ waiting }]) => (waiting === null ? <Nothing /> : waiting.toLocaleString('en')),
        },
        {
          label: 'Included at',
          align: 'right',
          cell: ([{ includedEpoch }]) => <EpochField value={includedEpoch} />,
        },
        {
          label: 'Gas units',
          align: 'right',
          cell: ([{ gasUsed }]) => (gasUsed === null ? <Nothing /> : gasUsed.toLocaleString('en')),
        },
        { label: 'Gas paid', align: 'right', cell: ([{ gas }]) => <MoneyField value={gas} /> },
      ]}
    />
  );
}

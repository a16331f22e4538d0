import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { PlainTable } from '../layout/PlainTable';
import type { Attempt } from './message';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

interface AttemptsProps {
  readonly rows: readonly Attempt[];
  readonly landed: string | null;
}

/** Each set of bytes that was signed for the slot. */
export function Attempts({ rows, landed }: AttemptsProps) {
  return (
    <PlainTable
      label="Attempts"
      rows={rows}
      keyOf={({ id }) => String(id)}
      empty="Nothing has been signed yet."
      columns={[
        { label: 'Signed', cell: ({ createdAt }) => <TimeField value={createdAt} /> },
        { label: 'Nonce', align: 'right', cell: ({ nonce }) => nonce },
        { label: 'CID', cell: ({ cidSigned }) => <HashField value={cidSigned} what="CID" /> },
        { label: 'Gas limit', align: 'right', cell: ({ gasLimit }) => gasLimit.toLocaleString('en') },
        { label: 'Fee cap, atto', align: 'right', cell: ({ feeCap }) => grouped(feeCap) },
        { label: 'Premium, atto', align: 'right', cell: ({ premium }) => grouped(premium) },
        {
          label: 'At epoch',
          align: 'right',
          cell: ({ createdEpoch }) => <EpochField value={createdEpoch} />,
        },
        {
          label: 'Landed',
          cell: ({ cidSigned }) =>
            cidSigned === landed ? <StateChip state="included" label="This one" tone="good" /> : '',
        },
      ]}
    />
  );
}

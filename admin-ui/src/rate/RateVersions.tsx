import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable, type PlainColumn } from '../layout/PlainTable';
import { ProposeRates } from '../rateProposal/ProposeRates';
import { rateNames, type Rate } from './rate';
import { readRates } from './reads';

const columns: readonly PlainColumn<Rate>[] = [
  { label: 'Version', align: 'right', cell: ({ version }) => version },
  { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
  { label: 'From epoch', align: 'right', cell: ({ fromEpoch }) => <EpochField value={fromEpoch} /> },
  ...rateNames.map(([field, label]) => ({
    label,
    align: 'right' as const,
    cell: (row: Rate) => percentOf(row[field]),
  })),
  {
    label: 'Approval',
    cell: ({ approvalId }) => (
      <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId ?? ''}/show`} />
    ),
  },
];

/** What the pool's rates were, are and will be. */
export function RateVersions({ poolId }: { readonly poolId: string }) {
  return (
    <Panel
      title="Rate versions"
      hint="Each from its epoch on, made by two people, never in the past"
      side={<ProposeRates poolId={poolId} />}
      flush
    >
      <Loaded queryKey={['rates', poolId]} read={(signal) => readRates(poolId, signal)}>
        {(rows) => (
          <PlainTable label="Rate versions" rows={rows} columns={columns} keyOf={({ id }) => id} empty="" />
        )}
      </Loaded>
    </Panel>
  );
}

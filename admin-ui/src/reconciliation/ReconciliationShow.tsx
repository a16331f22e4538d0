import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import type { Reconciliation, ReconciliationItem } from './reconciliation';

function Items({ rows }: { readonly rows: readonly ReconciliationItem[] }) {
  return (
    <PlainTable
      label="Addresses"
      rows={rows}
      keyOf={({ address }) => address}
      empty="The platform has no address yet."
      columns={[
        { label: 'Address', cell: ({ address }) => <AddressField value={address} /> },
        { label: 'Kind', cell: ({ kind }) => wordsOf(kind) },
        {
          label: 'Ledger',
          align: 'right',
          cell: ({ ledgerBalance }) => <MoneyField value={ledgerBalance} />,
        },
        { label: 'Chain', align: 'right', cell: ({ chainBalance }) => <MoneyField value={chainBalance} /> },
        { label: 'Difference', align: 'right', cell: ({ diff }) => <MoneyField value={diff} /> },
        {
          label: 'Outcome',
          cell: (item) => (
            <StateChip
              state={item.class}
              tone={item.class === 'matched' ? 'good' : stopping.has(item.class) ? 'bad' : 'care'}
              label={classes[item.class] ?? item.class}
            />
          ),
        },
        { label: 'Why', cell: ({ sentence }) => sentence ?? <Nothing /> },
      ]}
    />
  );
}

interface SoundProps {
  readonly holds: boolean | undefined;
  readonly yes: string;
  readonly no: string;
}

function Sound({ holds, yes, no }: SoundProps) {
  if (holds === undefined) return <Nothing />;
  return <StateChip state={holds ? 'matched' : 'broken'} label={holds ? yes : no} />;
}

/** As domain/reconciliation.ts: these freeze payouts. */
const stopping: ReadonlySet<string> = new Set(['unknown', 'foreign-use']);

const classes: Readonly<Record<string, string>> = {
  matched: 'Matched',
  gas: 'Gas',
  'unseen-deposit': 'Unseen deposit',
  'internal-transfer': 'Internal transfer',
  'foreign-use': 'Key used elsewhere',
  unknown: 'Nothing explains it',
};

export function ReconciliationShow() {
  return (
    <ShowPage<Reconciliation>
      list={['/reconciliations', 'Reconciliation']}
      title={({ height }) => `Reconciliation at height ${height.toLocaleString('en')}`}
      hint={({ outcome, breaks }) => (
        <StateChip state={outcome} label={breaks === 0 ? 'Books and chain agree' : `${breaks} breaks`} />
      )}
      body={(row) => (
        <>
          <Panel title="The run">
            <Facts
              facts={[
                { label: 'Ledger in all', value: <MoneyField value={row.ledgerTotal} /> },
                { label: 'Chain in all', value: <MoneyField value={row.chainTotal} /> },
                { label: 'Addresses', value: row.addresses },
                { label: 'At height', value: <EpochField value={row.height} /> },
                {
                  label: 'Debits and credits',
                  value: <Sound holds={row.trialBalance?.balanced} yes="Balanced" no="Not balanced" />,
                },
                {
                  label: 'Custody and claims',
                  value: (
                    <Sound holds={row.identity?.holds} yes="The identity holds" no="The identity is broken" />
                  ),
                },
                { label: 'Tipset', value: <HashField value={row.tipsetKey} what="tipset key" /> },
                { label: 'When', value: <TimeField value={row.createdAt} /> },
                { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
              ]}
            />
          </Panel>
          <Panel title="Ledger and chain" hint="Difference is chain less ledger" flush>
            <Items rows={row.items ?? []} />
          </Panel>
        </>
      )}
    />
  );
}

import { Facts } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { LiveBadge } from '../layout/LiveBadge';
import { Loaded } from '../layout/Loaded';
import { Page } from '../layout/Page';
import { PageHead } from '../layout/PageHead';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { readTrialBalance, type Identity, type TrialBalance, type TrialTotal } from './reads';

function Sums({ total }: { readonly total: TrialTotal }) {
  const zero = total.difference === '0';
  return (
    <span data-zero={zero}>
      <StateChip
        state="trial"
        tone={zero ? 'good' : 'bad'}
        label={zero ? 'Debits equal credits' : 'Does not balance'}
      />
    </span>
  );
}

function AssetTable({ total, lines }: { readonly total: TrialTotal; readonly lines: TrialBalance['lines'] }) {
  const { asset } = total;
  const rows = [
    ...lines.filter((line) => line.asset === asset),
    {
      asset,
      code: 'Total',
      normalSide: '',
      debits: total.debits,
      credits: total.credits,
      balance: total.difference,
    },
  ];
  const money = (value: string, strong: boolean) => (
    <span style={strong ? { fontWeight: 650 } : {}}>
      <MoneyField value={value} unit={asset} />
    </span>
  );
  return (
    <Panel title={asset} side={<Sums total={total} />} flush>
      <PlainTable
        label={`Trial balance in ${asset}`}
        rows={rows}
        keyOf={({ code }) => code}
        empty=""
        columns={[
          { label: 'Account', cell: ({ code }) => (code === 'Total' ? <strong>{code}</strong> : code) },
          {
            label: 'Normal side',
            cell: ({ normalSide }) => (normalSide === 'D' ? 'Debit' : normalSide === 'C' ? 'Credit' : ''),
          },
          { label: 'Debits', align: 'right', cell: ({ code, debits }) => money(debits, code === 'Total') },
          { label: 'Credits', align: 'right', cell: ({ code, credits }) => money(credits, code === 'Total') },
          { label: 'Balance', align: 'right', cell: ({ code, balance }) => money(balance, code === 'Total') },
        ]}
      />
    </Panel>
  );
}

function IdentityPanel({ identity: { asset, assets, claims, own, holds } }: { readonly identity: Identity }) {
  const money = (value: string) => <MoneyField value={value} unit={asset} />;
  return (
    <Panel
      title="The identity"
      hint="What we hold is what we owe and what is our own"
      side={
        <StateChip
          state="identity"
          tone={holds ? 'good' : 'bad'}
          label={holds ? 'Holds to the atto' : 'Is broken'}
        />
      }
    >
      <Facts
        facts={[
          { label: 'Assets: custody, principal, interest due', value: money(assets) },
          { label: 'Claims: customers, depositors, reserve, payables', value: money(claims) },
          { label: 'Own: equity and result', value: money(own) },
        ]}
      />
    </Panel>
  );
}

export function TrialBalancePage() {
  return (
    <Page>
      <PageHead
        title="Trial balance"
        hint="Every account of the chart; for each asset the totals are equal, always."
        side={<LiveBadge stale={false} />}
      />
      <Loaded queryKey={['trial-balance']} read={readTrialBalance}>
        {({ lines, totals, identity }) => (
          <>
            <IdentityPanel identity={identity} />
            {totals.map((total) => (
              <AssetTable key={total.asset} total={total} lines={lines} />
            ))}
          </>
        )}
      </Loaded>
    </Page>
  );
}

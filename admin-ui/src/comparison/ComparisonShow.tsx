import { Button } from '@mui/material';
import { Link } from 'react-admin';
import { Facts, type Fact } from '../field/Facts';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { percentOf } from '../field/ratio';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { useMay } from '../providers/useSession';
import { securityNames, type Comparison, type ComparisonVersion } from './comparison';
import { Day } from './Day';
import { Source } from './Source';

function rate(value: string | null) {
  return value === null ? <Nothing /> : percentOf(value);
}

function factsOf(row: Comparison): Fact[] {
  return [
    { label: 'Security of a loan', value: securityNames[row.security] },
    { label: 'Shown to the public', value: row.shown ? 'yes' : 'no' },
    { label: 'TVL', value: row.tvl === null ? <Nothing /> : <MoneyField value={row.tvl} /> },
    { label: 'Utilisation', value: rate(row.utilisation) },
    { label: 'Deposit APR', value: rate(row.depositApr) },
    { label: 'Deposit APY', value: rate(row.depositApy) },
    { label: 'Lending APR', value: rate(row.borrowApr) },
    { label: 'Lending APY', value: rate(row.borrowApy) },
    { label: 'As of', value: <Day value={row.asOf} /> },
    { label: 'Source', value: <Source url={row.source} /> },
  ];
}

function Versions({ rows }: { readonly rows: readonly ComparisonVersion[] }) {
  return (
    <Panel title="Versions" hint="Nothing is overwritten: the newest is in force" flush>
      <PlainTable
        label="Versions"
        rows={rows}
        keyOf={({ version }) => String(version)}
        empty="There is none."
        columns={[
          { label: 'Version', align: 'right', cell: ({ version }) => version },
          { label: 'Since', cell: ({ createdAt }) => <TimeField value={createdAt} /> },
          { label: 'Entered by', cell: ({ enteredByEmail }) => enteredByEmail ?? 'the first setting-up' },
          {
            label: 'Agreed on',
            cell: ({ approvalId }) =>
              approvalId === null ? (
                <Nothing />
              ) : (
                <Link to={`/approvals/${approvalId}/show`}>the approval</Link>
              ),
          },
          { label: 'Deposit APR', align: 'right', cell: (row) => rate(row.depositApr) },
          { label: 'Deposit APY', align: 'right', cell: (row) => rate(row.depositApy) },
          { label: 'As of', cell: ({ asOf }) => <Day value={asOf} /> },
          { label: 'Source', cell: ({ source }) => <Source url={source} /> },
        ]}
      />
    </Panel>
  );
}

function ChangeButton({ row }: { readonly row: Comparison }) {
  if (!useMay('comparison:propose')) return null;
  return (
    <Button
      component={Link}
      to={`/comparisons/create?platform=${encodeURIComponent(row.id)}`}
      variant="contained"
      data-command="Change the row"
    >
      Change
    </Button>
  );
}

export function ComparisonShow() {
  return (
    <ShowPage<Comparison>
      list={['/comparisons', 'Comparison']}
      title={({ name }) => name}
      hint={({ waitingApprovalId }) =>
        waitingApprovalId === null ? (
          'As the public sees it'
        ) : (
          <Link to={`/approvals/${waitingApprovalId}/show`}>A change waits for a second person</Link>
        )
      }
      side={(row) => <ChangeButton row={row} />}
      body={(row) => (
        <>
          <Panel title="The row in force">
            <Facts facts={factsOf(row)} />
          </Panel>
          <Versions rows={row.versions ?? []} />
        </>
      )}
    />
  );
}

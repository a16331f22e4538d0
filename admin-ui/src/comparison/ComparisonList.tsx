import { Button } from '@mui/material';
import { DataTable, Link } from 'react-admin';
import { MoneyField } from '../field/MoneyField';
import { Nothing } from '../field/Nothing';
import { percentOf } from '../field/ratio';
import { StateChip } from '../field/StateChip';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { useMay } from '../providers/useSession';
import { securityNames, type Comparison } from './comparison';
import { Day } from './Day';

function EnterButton() {
  if (!useMay('comparison:propose')) return null;
  return (
    <Button component={Link} to="/comparisons/create" variant="contained" data-command="Enter a platform">
      Enter a platform
    </Button>
  );
}

/** Whether the public sees it, and whether a change waits. */
function standingOf({ shown, waitingApprovalId }: Comparison): string {
  return waitingApprovalId === null ? (shown ? 'shown' : 'hidden') : 'waiting';
}

export function ComparisonList() {
  return (
    <ListPage
      title="Comparison"
      hint="Other platforms as the public sees them beside ours: dated, sourced, agreed on by two people."
      sort={{ field: 'name', order: 'ASC' }}
      side={<EnterButton />}
    >
      <Rows<Comparison> empty="No other platform is named.">
        <DataTable.Col<Comparison> source="name" label="Platform" />
        <DataTable.Col<Comparison>
          source="security"
          label="Security of a loan"
          render={({ security }) => securityNames[security]}
        />
        <DataTable.Col<Comparison>
          source="tvl"
          label="TVL"
          align="right"
          disableSort
          render={({ tvl }) => (tvl === null ? <Nothing /> : <MoneyField value={tvl} copy={false} />)}
        />
        {(['depositApr', 'depositApy', 'borrowApr', 'borrowApy'] as const).map((field) => (
          <DataTable.Col<Comparison>
            key={field}
            source={field}
            label={`${field.startsWith('deposit') ? 'Deposit' : 'Lending'} ${field.endsWith('Apr') ? 'APR' : 'APY'}`}
            align="right"
            disableSort
            render={(row) => (row[field] === null ? <Nothing /> : percentOf(row[field]))}
          />
        ))}
        <DataTable.Col<Comparison>
          source="asOf"
          label="As of"
          disableSort
          render={({ asOf }) => <Day value={asOf} />}
        />
        <DataTable.Col<Comparison>
          source="shown"
          label="State"
          render={(row) => <StateChip state={standingOf(row)} />}
        />
      </Rows>
    </ListPage>
  );
}

import { Box } from '@mui/material';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { wordsOf } from '../field/tone';
import { Blank } from '../layout/Blank';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import type { PreflightCheck, PreflightReport } from './loan';

const amounts = /debt|available|pledge|deposit|locked/i;

function Value({ check, text }: { readonly check: PreflightCheck; readonly text: string }) {
  if (amounts.test(check.name) && /^\d+$/.test(text)) return <MoneyField value={text} />;
  return <Box sx={{ overflowWrap: 'anywhere' }}>{text}</Box>;
}

function Checks({ report }: { readonly report: PreflightReport }) {
  return (
    <PlainTable
      label={`Pre-flight at ${report.stage}`}
      rows={report.checks}
      keyOf={({ name }) => name}
      empty="This report has no checks."
      columns={[
        { label: 'Check', cell: ({ name }) => wordsOf(name) },
        { label: 'Seen on chain', cell: (check) => <Value check={check} text={check.value} /> },
        { label: 'Wanted', cell: (check) => <Value check={check} text={check.wanted} /> },
        {
          label: 'Outcome',
          cell: ({ passed, wanted, code }) =>
            wanted === 'recorded' ? (
              <StateChip state="recorded" tone="rest" />
            ) : (
              <StateChip
                state={passed ? 'passed' : 'failed'}
                label={passed ? 'Passed' : `Failed: ${code ?? ''}`}
              />
            ),
        },
      ]}
    />
  );
}

/** Each report of what the miner looked like at one tipset, newest first. */
export function PreflightReports({ reports }: { readonly reports: readonly PreflightReport[] }) {
  if (reports.length === 0) {
    return (
      <Panel title="Pre-flight">
        <Blank text="No pre-flight has been made yet." />
      </Panel>
    );
  }
  return [...reports].reverse().map((report) => (
    <Panel
      key={`${report.stage}-${report.height}`}
      title={`Pre-flight: ${wordsOf(report.stage).toLowerCase()}`}
      hint={
        <>
          read at height <EpochField value={report.height} />, <TimeField value={report.at} />
        </>
      }
      side={
        <StateChip
          state={report.passed ? 'passed' : 'failed'}
          label={report.passed ? 'All passed' : (report.code ?? 'Failed')}
        />
      }
      flush
    >
      <Checks report={report} />
    </Panel>
  ));
}

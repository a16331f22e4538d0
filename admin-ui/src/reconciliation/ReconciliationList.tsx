import { Button } from '@mui/material';
import { useState } from 'react';
import { DataTable } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Fault } from '../layout/Fault';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Rows } from '../layout/Rows';
import { commands } from '../providers/commands';
import { newKey } from '../providers/key';
import { useCommand } from '../providers/useCommand';
import { useMay } from '../providers/useSession';
import type { Reconciliation } from './reconciliation';

const outcomes = [
  { value: null, label: 'All' },
  { value: 'matched', label: 'Matched' },
  { value: 'broken', label: 'Broken' },
];

function StartButton() {
  const may = useMay('reconciliation:run');
  const [key, setKey] = useState(newKey);
  const { mutate, isPending, error } = useCommand(commands.startReconciliation, {
    message: 'The run has started; its outcome appears here.',
    then: () => setKey(newKey()),
  });
  if (!may) return null;
  return (
    <>
      {error ? <Fault error={error} /> : null}
      <Button
        variant="contained"
        data-command="Reconcile now"
        disabled={isPending}
        onClick={() => mutate(key)}
      >
        {isPending ? 'Starting…' : 'Reconcile now'}
      </Button>
    </>
  );
}

export function ReconciliationList() {
  return (
    <ListPage
      title="Reconciliation"
      hint="Each address on chain against its custody account, to the atto."
      sort={{ field: 'createdAt', order: 'DESC' }}
      filters={<ChoiceFilter source="outcome" label="Outcome" choices={outcomes} />}
      side={<StartButton />}
    >
      <Rows<Reconciliation> empty="No run yet. Start one: it compares every address of the platform with the books.">
        <DataTable.Col<Reconciliation>
          source="createdAt"
          label="When"
          render={({ createdAt }) => <TimeField value={createdAt} />}
        />
        <DataTable.Col<Reconciliation>
          source="outcome"
          label="Outcome"
          disableSort
          render={({ outcome }) => <StateChip state={outcome} />}
        />
        <DataTable.Col<Reconciliation>
          source="height"
          label="At height"
          align="right"
          disableSort
          render={({ height }) => <EpochField value={height} />}
        />
        <DataTable.Col<Reconciliation> source="addresses" label="Addresses" align="right" disableSort />
        <DataTable.Col<Reconciliation> source="breaks" label="Breaks" align="right" disableSort />
        <DataTable.Col<Reconciliation> source="unexplained" label="Unexplained" align="right" disableSort />
        <DataTable.Col<Reconciliation>
          source="ledgerTotal"
          label="Ledger"
          align="right"
          disableSort
          render={({ ledgerTotal }) => <MoneyField value={ledgerTotal} />}
        />
        <DataTable.Col<Reconciliation>
          source="chainTotal"
          label="Chain"
          align="right"
          disableSort
          render={({ chainTotal }) => <MoneyField value={chainTotal} />}
        />
      </Rows>
    </ListPage>
  );
}

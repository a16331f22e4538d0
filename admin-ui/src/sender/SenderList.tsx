import { Button } from '@mui/material';
import { useState } from 'react';
import { useListContext } from 'react-admin';
import { Blank } from '../layout/Blank';
import { ChoiceFilter } from '../layout/ChoiceFilter';
import { ListPage } from '../layout/ListPage';
import { Key } from './Key';
import type { Sender } from './sender';
import { SenderCard } from './SenderCard';

const kinds = [
  { value: null, label: 'All' },
  { value: 'hot', label: 'Hot wallet' },
  { value: 'escrow', label: 'Escrow' },
  { value: 'repayment', label: 'Repayment' },
  { value: 'deposit', label: 'Deposit' },
];
const modes = [
  { value: null, label: 'Any' },
  { value: 'active', label: 'Active' },
  { value: 'frozen', label: 'Frozen' },
];

function Lanes({ table }: { readonly table: boolean }) {
  const { data } = useListContext<Sender>();
  if (data === undefined) return null;
  if (data.length === 0)
    return <Blank text="No sending address matches. One is made for each customer and each loan." />;
  return data.map((sender) => <SenderCard key={sender.id} sender={sender} table={table} />);
}

/** Lanes of nonces, one a sending address; who moved last stands first. */
export function SenderList() {
  const [table, setTable] = useState(false);
  return (
    <ListPage
      title="Senders"
      hint="Each address of ours that signs, nonce by nonce: a payment owns its slot for ever."
      sort={{ field: 'lastAt', order: 'DESC' }}
      filters={
        <>
          <div>
            <ChoiceFilter source="kind" label="Address" choices={kinds} />
            <ChoiceFilter source="mode" label="Mode" choices={modes} />
          </div>
          {table ? null : <Key />}
        </>
      }
      side={
        <Button onClick={() => setTable(!table)} aria-pressed={table}>
          {table ? 'Show as lanes' : 'Show as tables'}
        </Button>
      }
    >
      <Lanes table={table} />
    </ListPage>
  );
}

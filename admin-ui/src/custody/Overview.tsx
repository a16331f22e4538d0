import { Facts } from '../field/Facts';
import { AddressField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { wordsOf } from '../field/tone';
import { Loaded } from '../layout/Loaded';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { readCustody, standOf, type Custody } from './custody';
import { MarksBar } from './MarksBar';

function Wallets({ custody: { wallets } }: { readonly custody: Custody }) {
  return (
    <PlainTable
      label="Wallets"
      rows={wallets}
      keyOf={({ kind }) => kind}
      empty="The platform has no address yet."
      columns={[
        { label: 'Wallet', cell: ({ kind }) => wordsOf(kind) },
        { label: 'Addresses', align: 'right', cell: ({ addresses }) => addresses },
        {
          label: 'Holds by the books',
          align: 'right',
          cell: ({ balance }) => <MoneyField value={balance} />,
        },
      ]}
    />
  );
}

function factsOf(custody: Custody) {
  const { hot, owed, level, low, high, target, coldAddress, policyVersion } = custody;
  const { words, tone } = standOf(custody);
  return [
    { label: 'Stands', value: <StateChip state={tone} tone={tone} label={words} /> },
    { label: 'Level: holds less what is owed', value: <MoneyField value={level} /> },
    { label: 'Holds', value: <MoneyField value={hot} /> },
    { label: 'Owed: loans and withdrawals on their way', value: <MoneyField value={owed} /> },
    { label: 'Low mark', value: <MoneyField value={low} /> },
    { label: 'High mark', value: <MoneyField value={high} /> },
    { label: 'Target of a transfer', value: <MoneyField value={target} /> },
    { label: 'Policy', value: `custody, version ${policyVersion}` },
    {
      label: 'Cold address',
      value: coldAddress === null ? 'none: nothing goes to cold' : <AddressField value={coldAddress} />,
    },
  ];
}

/** The hot wallet between its marks, and what every kind of wallet holds. */
export function Overview() {
  return (
    <Loaded queryKey={['custody']} read={readCustody}>
      {(custody) => (
        <>
          <Panel title="The hot wallet" hint="Its level is weighed against the marks of the policy">
            <MarksBar custody={custody} />
            <Facts facts={factsOf(custody)} />
          </Panel>
          <Panel title="Wallets" flush>
            <Wallets custody={custody} />
          </Panel>
        </>
      )}
    </Loaded>
  );
}

import { Link } from 'react-admin';
import { CustomerField } from '../field/CustomerField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { useNow } from '../field/useNow';
import { Panel } from '../layout/Panel';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { RemoveButton } from './RemoveButton';
import { isUsable, type WithdrawalAddress } from './withdrawalAddress';

/** From when on it may be used, and whether that is now. */
function CoolDown({ row }: { readonly row: WithdrawalAddress }) {
  const usable = isUsable(row, useNow());
  if (usable === null) return <span>not on the list</span>;
  return (
    <>
      <StateChip
        state={usable ? 'usable' : 'cooling'}
        tone={usable ? 'good' : 'wait'}
        label={usable ? 'May be used' : 'Cools down'}
      />{' '}
      {usable ? 'since ' : 'until '}
      <TimeField value={row.usableFrom} />
    </>
  );
}

function proofOf({ proven, signature, text }: WithdrawalAddress) {
  if (proven) return <HashField value={signature} what="signature" head={14} />;
  return text === null
    ? 'none is possible for this kind: each withdrawal to it is approved by people'
    : 'not signed';
}

function factsOf(row: WithdrawalAddress) {
  return [
    { label: 'Address, as it is paid', value: <HashField value={row.address} what="address" head={24} /> },
    { label: 'As the customer wrote it', value: <HashField value={row.given} what="address" head={24} /> },
    { label: 'On the finalised chain', value: row.actor === 'none' ? 'nothing yet' : (row.actor ?? '—') },
    { label: 'Cool-down', value: <CoolDown row={row} /> },
    { label: 'Listed', value: <TimeField value={row.listedAt} /> },
    { label: 'Text to sign', value: row.text ?? '—' },
    { label: 'Proof', value: proofOf(row) },
    {
      label: 'Withdrawals paid to it',
      value: (
        <Link to={`/withdrawals?filter=${encodeURIComponent(JSON.stringify({ addressId: row.id }))}`}>
          {row.paid}
        </Link>
      ),
    },
    ...(row.refusal === null ? [] : [{ label: 'Refused', value: row.refusal }]),
    ...(row.reason === null ? [] : [{ label: 'Because', value: row.reason }]),
    ...(row.removedBy === null ? [] : [{ label: 'Removed by', value: row.removedBy }]),
    {
      label: 'Customer',
      value: <CustomerField id={row.customerId} />,
    },
    { label: 'Workflow', value: <Link to={workflowPath(row.workflowId)}>its story</Link> },
  ];
}

export function WithdrawalAddressShow() {
  return (
    <ShowPage<WithdrawalAddress>
      list={['/withdrawal-addresses', 'Withdrawal addresses']}
      title={({ name }) => name}
      hint={({ state }) => <StateChip state={state} />}
      side={(row) => <RemoveButton address={row} />}
      body={(row) => (
        <Panel title="The address">
          <Facts facts={factsOf(row)} />
        </Panel>
      )}
    />
  );
}

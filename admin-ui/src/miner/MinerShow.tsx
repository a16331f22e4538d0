import { Link } from 'react-admin';
import { EpochField } from '../field/EpochField';
import { Facts, type Fact } from '../field/Facts';
import { AddressField, HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import { ShowPage } from '../layout/ShowPage';
import { workflowPath } from '../workflow/workflow';
import { MinerAlerts } from './Alerts';
import { MinerCharts } from './MinerChart';
import { faultsOf } from './MinerList';
import type { Miner, Reading } from './miner';
import { powerText } from './power';

const nobody = 'nobody';

/** An address, and that it is our escrow's where it is. */
function Role({ value, escrow }: { readonly value: string | null; readonly escrow: string | null }) {
  if (value === null) return '—';
  return (
    <>
      <AddressField value={value} /> {value === escrow ? 'our escrow' : null}
    </>
  );
}

function rolesOf(miner: Miner): Fact[] {
  const { escrow, pendingTerm, beneficiaryTerm: term } = miner;
  return [
    { label: 'Owner', value: <Role value={miner.owner} escrow={escrow} /> },
    {
      label: 'Proposed owner',
      value: miner.pendingOwner === null ? nobody : <AddressField value={miner.pendingOwner} />,
    },
    { label: 'Beneficiary', value: <Role value={miner.beneficiary} escrow={escrow} /> },
    {
      label: 'Beneficiary’s term',
      value:
        term === null || term.quota === '0' ? (
          'none'
        ) : (
          <>
            <MoneyField value={term.usedQuota} copy={false} /> of{' '}
            <MoneyField value={term.quota} copy={false} /> used, until <EpochField value={term.expiration} />
          </>
        ),
    },
    {
      label: 'Proposed beneficiary',
      value:
        miner.pendingBeneficiary === null ? (
          nobody
        ) : (
          <>
            <AddressField value={miner.pendingBeneficiary} />
            {pendingTerm === null ? null : (
              <>
                {' '}
                <MoneyField value={pendingTerm.quota} copy={false} /> until{' '}
                <EpochField value={pendingTerm.expiration} />
              </>
            )}
          </>
        ),
    },
    { label: 'Worker', value: <AddressField value={miner.worker} /> },
    {
      label: 'Proposed worker',
      value: miner.pendingWorker === null ? nobody : <AddressField value={miner.pendingWorker} />,
    },
    {
      label: 'Barred by a consensus fault',
      value:
        miner.consensusFaultElapsed === null || miner.consensusFaultElapsed < miner.height ? (
          'no'
        ) : (
          <>
            until <EpochField value={miner.consensusFaultElapsed} />
          </>
        ),
    },
  ];
}

function figuresOf(miner: Miner): Fact[] {
  return [
    { label: 'Quality-adjusted power', value: powerText(miner.qualityPower) },
    { label: 'Raw power', value: powerText(miner.rawPower) },
    { label: 'Faulty of live sectors', value: faultsOf(miner) },
    { label: 'Fee debt', value: <MoneyField value={miner.feeDebt} /> },
    { label: 'Available balance', value: <MoneyField value={miner.available} /> },
    { label: 'Initial pledge', value: <MoneyField value={miner.initialPledge} /> },
    { label: 'Pre-commit deposits', value: <MoneyField value={miner.preCommitDeposits} /> },
    { label: 'Locked, vesting', value: <MoneyField value={miner.locked} /> },
  ];
}

function Readings({ rows }: { readonly rows: readonly Reading[] }) {
  return (
    <PlainTable
      label="Readings"
      rows={[...rows].reverse().slice(0, 50)}
      keyOf={({ height }) => String(height)}
      empty="Not read yet."
      columns={[
        { label: 'Epoch', align: 'right', cell: ({ height }) => <EpochField value={height} /> },
        { label: 'Read', cell: ({ at }) => <TimeField value={at} /> },
        { label: 'Owner', cell: ({ owner }) => <AddressField value={owner} /> },
        { label: 'Beneficiary', cell: ({ beneficiary }) => <AddressField value={beneficiary} /> },
        { label: 'Worker', cell: ({ worker }) => <AddressField value={worker} /> },
        { label: 'Power', align: 'right', cell: ({ qualityPower }) => powerText(qualityPower) },
        { label: 'Faulty', align: 'right', cell: (row) => faultsOf(row) },
        { label: 'Fee debt', align: 'right', cell: ({ feeDebt }) => <MoneyField value={feeDebt} /> },
        { label: 'Available', align: 'right', cell: ({ available }) => <MoneyField value={available} /> },
        {
          label: 'Tipset',
          cell: ({ tipsetKey }) => <HashField value={tipsetKey.join(',')} what="tipset key" />,
        },
      ]}
    />
  );
}

function Body({ miner }: { readonly miner: Miner }) {
  const rows = miner.readings ?? [];
  return (
    <>
      <MinerAlerts miner={miner.id} />
      <Panel
        title="Roles"
        hint={
          <>
            At epoch <EpochField value={miner.height} />, a finalised tipset
          </>
        }
      >
        <Facts columns={4} facts={rolesOf(miner)} />
      </Panel>
      <Panel title="Figures">
        <Facts columns={4} facts={figuresOf(miner)} />
      </Panel>
      <MinerCharts rows={rows} />
      <Panel title="Readings" hint="The newest 50, each at a finalised tipset" flush>
        <Readings rows={rows} />
      </Panel>
    </>
  );
}

export function MinerShow() {
  return (
    <ShowPage<Miner>
      list={['/miners', 'Miner health']}
      title={({ id }) => `Miner ${id}`}
      hint={({ loanId, loanNumber, loanState }) => (
        <>
          Security of <Link to={`/loans/${loanId}/show`}>loan #{loanNumber}</Link>{' '}
          <StateChip state={loanState} />
        </>
      )}
      side={() => <Link to={workflowPath('collateral')}>the watch’s story</Link>}
      body={(miner) => <Body miner={miner} />}
    />
  );
}

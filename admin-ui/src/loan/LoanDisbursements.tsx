import { EpochField } from '../field/EpochField';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import type { Disbursement, DisbursementRequest, Loan } from './loan';
import { planOf, type Planned } from './plan';

const messagePath = (id: string): string => `/messages/${encodeURIComponent(id)}/show`;

function Sent({ sent }: { readonly sent: Disbursement | undefined }) {
  return sent === undefined ? (
    'not sent'
  ) : (
    <HashField value={sent.cid} what="CID" to={messagePath(sent.messageId)} />
  );
}

function Plan({ rows }: { readonly rows: readonly Planned[] }) {
  return (
    <PlainTable
      label="Disbursements"
      rows={rows}
      keyOf={({ n }) => String(n)}
      empty="Nothing has been sent into the miner yet."
      columns={[
        { label: 'No.', cell: ({ n }) => n },
        { label: 'Into the miner', align: 'right', cell: ({ amount }) => <MoneyField value={amount} /> },
        { label: 'Condition', cell: ({ condition }) => condition ?? 'none' },
        {
          label: 'Included at',
          align: 'right',
          cell: ({ sent }) => <EpochField value={sent?.includedEpoch ?? null} />,
        },
        { label: 'Message', cell: ({ sent }) => <Sent sent={sent} /> },
      ]}
    />
  );
}

function Requests({ rows }: { readonly rows: readonly DisbursementRequest[] }) {
  return (
    <PlainTable
      label="Requests for disbursements"
      rows={rows}
      keyOf={({ approvalId }) => approvalId}
      empty="None has been asked for yet."
      columns={[
        { label: 'No.', cell: ({ n }) => n },
        { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
        { label: 'Amount', align: 'right', cell: ({ amount }) => <MoneyField value={amount} /> },
        { label: 'How the condition is met', cell: ({ evidence }) => evidence },
        ...(rows.some(({ detail }) => detail !== null)
          ? [{ label: 'Not lent because', cell: ({ detail }: DisbursementRequest) => detail ?? '' }]
          : []),
        { label: 'Asked by', cell: ({ makerId }) => <HashField value={makerId} what="staff id" /> },
        { label: 'Decided by', cell: ({ checkerId }) => <HashField value={checkerId} what="staff id" /> },
        { label: 'Asked', cell: ({ askedAt }) => <TimeField value={askedAt} /> },
        {
          label: 'Approval',
          cell: ({ approvalId }) => (
            <HashField value={approvalId} what="approval id" to={`/approvals/${approvalId}/show`} />
          ),
        },
      ]}
    />
  );
}

/** What is lent in which parts, what of it was sent, and who asked for and allowed the later ones. */
export function LoanDisbursements({ loan }: { readonly loan: Loan }) {
  const plan = planOf(loan);
  return (
    <>
      <Panel title="Disbursements" flush>
        <Plan rows={plan} />
      </Panel>
      {plan.length > 1 ? (
        <Panel
          title="Asked for"
          hint="A maker asks, a different checker decides, for each after the first"
          flush
        >
          <Requests rows={loan.disbursementRequests ?? []} />
        </Panel>
      ) : null}
    </>
  );
}

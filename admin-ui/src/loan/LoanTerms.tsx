import { EpochField } from '../field/EpochField';
import { Facts } from '../field/Facts';
import { HashField } from '../field/HashField';
import { MoneyField } from '../field/MoneyField';
import { StateChip } from '../field/StateChip';
import { TimeField } from '../field/TimeField';
import { Panel } from '../layout/Panel';
import { PlainTable } from '../layout/PlainTable';
import type { Extension, Loan, Terms } from './loan';
import { QuoteForm } from './QuoteForm';

function Extensions({ rows }: { readonly rows: readonly Extension[] }) {
  return (
    <PlainTable
      label="Extensions"
      rows={rows}
      keyOf={({ n }) => String(n)}
      empty="The maturity has never been moved."
      columns={[
        { label: 'No.', cell: ({ n }) => n },
        { label: 'State', cell: ({ state }) => <StateChip state={state} /> },
        { label: 'From', align: 'right', cell: ({ fromEpoch }) => <EpochField value={fromEpoch} /> },
        { label: 'To', align: 'right', cell: ({ toEpoch }) => <EpochField value={toEpoch} /> },
        { label: 'Reason', cell: ({ reason }) => reason },
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

const percent = (bps: number): string => `${(bps / 100).toLocaleString('en')} %`;

function rateOf(terms: Terms | undefined): string {
  const fixed = terms?.fixedBps ?? null;
  return fixed === null ? "the pool's own" : `${percent(fixed)} a year, fixed`;
}

/** What the loan was lent on, how that changed, and what ends it early. */
export function LoanTerms({ loan }: { readonly loan: Loan }) {
  const { extensions = [], maturityEpoch } = loan;
  const terms = loan.terms?.at(-1);
  return (
    <>
      <Panel title="Terms">
        <Facts
          columns={4}
          facts={[
            { label: 'Term', value: `${loan.termEpochs.toLocaleString('en')} epochs` },
            { label: 'Matures at epoch', value: <EpochField value={maturityEpoch} /> },
            { label: 'Rate', value: rateOf(terms) },
            { label: 'Origination fee', value: <MoneyField value={terms?.fee ?? '0'} /> },
            {
              label: 'Penalty once overdue',
              value: terms && terms.penaltyBps > 0 ? `${percent(terms.penaltyBps)} a year` : 'none',
            },
            {
              label: 'A payment is split',
              value: (terms?.waterfall ?? ['penalty', 'fee', 'interest', 'principal']).join(', then '),
            },
            { label: 'Set by', value: terms ? `${terms.actorRole}, version ${terms.version}` : 'standard' },
            {
              label: 'Extended',
              value: `${extensions.filter(({ state }) => state === 'granted').length} times`,
            },
          ]}
        />
      </Panel>
      {maturityEpoch === null || loan.closedAt !== null ? null : (
        <Panel title="Payoff quote" hint="What is owed if the payment is included at that epoch">
          <QuoteForm loanId={loan.id} />
        </Panel>
      )}
      <Panel title="Extensions" hint="A maker asks, a different checker decides" flush>
        <Extensions rows={extensions} />
      </Panel>
    </>
  );
}

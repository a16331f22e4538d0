/** A statement as one table: each account from its opening to its closing, then each position. */
import { formatCoins } from '../domain/money';
import type { PositionSection, Statement, StatementSection } from '../domain/statement';
import { csvOf } from './csv';

const HEADER = [
  ...[
    'section',
    'line',
    'booked_at',
    'booked_epoch',
    'effective_epoch',
    'journal',
    'workflow',
    'approval',
    'message',
  ],
  ...['change_atto', 'balance_atto', 'change_fil', 'balance_fil', 'last_journal', 'journals'],
];

type Row = readonly (string | number | null)[];

const fil = (atto: bigint): string => formatCoins(atto).replaceAll(',', '');

function bare(
  section: string,
  line: string,
  change: bigint | null,
  balance: bigint,
  journal: number | null = null,
): Row {
  const changed =
    change === null ? [null, balance.toString(), null] : [change.toString(), balance.toString(), fil(change)];
  return [
    section,
    line,
    null,
    null,
    null,
    journal,
    null,
    null,
    null,
    ...changed,
    fil(balance),
    journal,
    null,
  ];
}

function sectionRows({ account, opening, lines, closing }: StatementSection): Row[] {
  return [
    bare(account, 'opening', null, opening),
    ...lines.map((line): Row => [
      ...[
        account,
        line.kind,
        line.bookedAt,
        line.bookedEpoch,
        line.effectiveEpoch,
        line.journalId,
        line.workflowId,
      ],
      ...[line.approvalId, line.messageCid, line.change.toString(), line.balance.toString()],
      ...[fil(line.change), fil(line.balance), line.lastJournalId, line.journals],
    ]),
    bare(account, 'closing', null, closing),
  ];
}

function positionRows(position: PositionSection): Row[] {
  const { tokenId, opening, paidIn, paidOut, earned, closing } = position;
  const section = `position ${tokenId}`;
  const afterIn = opening + paidIn;
  return [
    bare(section, 'opening worth', null, opening, position.openingJournalId),
    bare(section, 'paid in', paidIn, afterIn),
    bare(section, 'paid out', -paidOut, afterIn - paidOut),
    bare(section, 'earned', earned, closing),
    bare(section, 'closing worth', null, closing, position.closingJournalId),
  ];
}

export function statementCsv({ sections, positions }: Statement): string {
  return csvOf(HEADER, [...sections.flatMap(sectionRows), ...positions.flatMap(positionRows)]);
}

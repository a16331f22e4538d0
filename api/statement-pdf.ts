/** A statement on paper: landscape pages, one table an account, amounts in full. */
import PDFDocument from 'pdfkit';
import { formatCoins } from '../domain/money';
import type { PositionSection, Statement, StatementSection } from '../domain/statement';

type Doc = InstanceType<typeof PDFDocument>;

const MARGIN = 36;
const ROW = 11;

interface Column {
  readonly title: string;
  readonly width: number;
  readonly right?: boolean;
}

const LINES: readonly Column[] = [
  { title: 'Booked (UTC)', width: 92 },
  { title: 'Epoch', width: 48, right: true },
  { title: 'Counts from', width: 52, right: true },
  { title: 'Journal', width: 44, right: true },
  { title: 'What', width: 66 },
  { title: 'Workflow', width: 196 },
  { title: 'Change, FIL', width: 132, right: true },
  { title: 'Balance, FIL', width: 132, right: true },
];

const POSITIONS: readonly Column[] = [
  { title: 'Position', width: 54, right: true },
  { title: 'Pool', width: 66 },
  { title: 'Opening, FIL', width: 128, right: true },
  { title: 'Paid in', width: 128, right: true },
  { title: 'Paid out', width: 128, right: true },
  { title: 'Earned', width: 128, right: true },
  { title: 'Closing, FIL', width: 128, right: true },
];

const SIZE = 7;

/** Sets the size at which all of it fits its column, and leaves only what the standard fonts have: nothing is cut. */
function fitting(doc: Doc, text: string, width: number): string {
  const shown = text.replaceAll(/[^\x20-\x7e]/g, '?');
  doc.fontSize(SIZE);
  const wide = doc.widthOfString(shown);
  if (wide > width) doc.fontSize((SIZE * width) / wide);
  return shown;
}

function row(doc: Doc, columns: readonly Column[], cells: readonly string[], font = 'Helvetica'): void {
  if (doc.y > doc.page.height - MARGIN - 2 * ROW) doc.addPage();
  doc.font(font);
  const { y } = doc;
  let x = MARGIN;
  for (const [index, { width, right = false }] of columns.entries()) {
    const text = fitting(doc, cells[index] ?? '', width - 6);
    doc.text(text, x, y, { width: width - 6, align: right ? 'right' : 'left', lineBreak: false });
    x += width;
  }
  doc.fontSize(SIZE);
  doc.x = MARGIN;
  doc.y = y + ROW;
}

function heading(doc: Doc, text: string): void {
  if (doc.y > doc.page.height - MARGIN - 6 * ROW) doc.addPage();
  doc.moveDown(0.8).font('Helvetica-Bold').fontSize(10).text(text, MARGIN).moveDown(0.2);
}

function sectionOf(doc: Doc, { account, opening, lines, closing }: StatementSection): void {
  heading(doc, account);
  const titles = LINES.map(({ title }) => title);
  row(doc, LINES, titles, 'Helvetica-Bold');
  const bare = (what: string, balance: bigint): void =>
    row(doc, LINES, ['', '', '', '', what, '', '', formatCoins(balance)], 'Helvetica-Bold');
  bare('Opening', opening);
  for (const line of lines) {
    const { bookedAt, bookedEpoch, effectiveEpoch, journalId, kind, workflowId, change, balance } = line;
    const journals = line.journals === 1 ? String(journalId) : `${journalId}-${line.lastJournalId}`;
    row(doc, LINES, [
      ...[bookedAt.slice(0, 19).replace('T', ' '), String(bookedEpoch), String(effectiveEpoch)],
      ...[journals, kind, workflowId, formatCoins(change), formatCoins(balance)],
    ]);
  }
  bare('Closing', closing);
}

function positionsOf(doc: Doc, positions: readonly PositionSection[]): void {
  if (positions.length === 0) return;
  heading(doc, 'Positions in pools: opening + paid in - paid out + earned = closing');
  row(
    doc,
    POSITIONS,
    POSITIONS.map(({ title }) => title),
    'Helvetica-Bold',
  );
  for (const { tokenId, poolId, opening, paidIn, paidOut, earned, closing } of positions) {
    const amounts = [opening, paidIn, paidOut, earned, closing].map(formatCoins);
    row(doc, POSITIONS, [String(tokenId), poolId, ...amounts]);
  }
}

/** Numbered once all pages are there; below the margin, so that no text of a page makes another. */
function numberPages(doc: Doc): void {
  const { count } = doc.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    doc.switchToPage(page);
    doc.page.margins.bottom = 0;
    const at = doc.page.height - MARGIN / 2 - 8;
    doc
      .font('Helvetica')
      .fontSize(7)
      .text(`Page ${page + 1} of ${count}`, MARGIN, at, { lineBreak: false });
  }
}

const edge = (value: string | number): string =>
  typeof value === 'number' ? `epoch ${value}` : value.replace('T', ' ').replace('.000Z', ' UTC');

/** The document's bytes. `compress` is off where a test reads them. */
export async function statementPdf(statement: Statement, { compress = true } = {}): Promise<Buffer> {
  const { subject, period, sections, positions } = statement;
  const doc = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: MARGIN,
    bufferPages: true,
    compress,
  });
  const bytes: Buffer[] = [];
  doc.on('data', (part: Buffer) => bytes.push(part));
  const done = new Promise<void>((resolve) => doc.on('end', resolve));
  doc.info.Title = `Statement of ${subject.kind} ${subject.id}`;
  doc.font('Helvetica-Bold').fontSize(14).text(`Statement of ${subject.kind} ${subject.id}`);
  doc
    .font('Helvetica')
    .fontSize(9)
    .text(`From ${edge(period.from)} up to, and without, ${edge(period.to)}. Amounts in FIL, exact.`);
  for (const section of sections) sectionOf(doc, section);
  positionsOf(doc, positions);
  numberPages(doc);
  doc.end();
  await done;
  return Buffer.concat(bytes);
}

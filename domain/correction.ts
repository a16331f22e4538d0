/** A journal by which staff correct the books: proposed with a finding's resolution, posted when a second person agrees. */
import { attoFrom, parseAtto, type AttoText } from './money';
import { CHART, type AccountCode, type Posting } from './posting';
import { refuse, type Refusal } from './refusal';

export interface CorrectionLine {
  readonly side: 'debit' | 'credit';
  readonly code: string;
  /** A custody address, a customer's id, or '' where the platform has one account of that code. */
  readonly owner: string;
  /** attoFIL. */
  readonly amount: AttoText;
}

/** What a correction may touch beside custody: never a pool or a loan, whose figures follow from rules. */
export const CORRECTION_ACCOUNTS = [
  'suspense.unidentified',
  'customer.available',
  'equity',
  'gas.expense',
  'writeoff.expense',
  'fee.income',
] as const satisfies readonly AccountCode[];

const MOST_LINES = 20;

export const isCustody = (code: string): boolean => code.startsWith('custody.') && code in CHART;

function lineFault({ code, owner, amount }: CorrectionLine): string | null {
  const named = isCustody(code) || code === 'customer.available';
  if (!isCustody(code) && !CORRECTION_ACCOUNTS.some((known) => known === code))
    return `${code} is no account that a correction may touch.`;
  if (named === (owner === '')) return `${code} ${named ? 'needs' : 'has no'} owner.`;
  if (/\s/.test(owner)) return 'An owner has no blanks.';
  const value = parseAtto(amount);
  return value === null || value === 0n ? 'Each line has an amount above zero in attoFIL.' : null;
}

/** Null where it is a journal that a correction may be. */
export function judgeCorrection(lines: readonly CorrectionLine[]): Refusal | null {
  if (lines.length < 2 || lines.length > MOST_LINES)
    return refuse('journal-invalid', `A journal has 2 to ${MOST_LINES} lines.`);
  for (const line of lines) {
    const fault = lineFault(line);
    if (fault !== null) return refuse('journal-invalid', fault);
  }
  const sum = lines.reduce((left, { side, amount }) => left + signed(side, attoFrom(amount)), 0n);
  if (sum !== 0n) return refuse('journal-invalid', 'Debits and credits are not equal.');
  if (!lines.some(({ code }) => isCustody(code)))
    return refuse('journal-invalid', 'It moves no custody account, so that no difference can vanish.');
  return null;
}

const signed = (side: CorrectionLine['side'], amount: bigint): bigint =>
  side === 'debit' ? amount : 0n - amount;

/** What the lines add to the books of a custody address, attoFIL. */
export function changeOf(lines: readonly CorrectionLine[], address: string): bigint {
  return lines
    .filter(({ code, owner }) => isCustody(code) && owner === address)
    .reduce((sum, { side, amount }) => sum + signed(side, attoFrom(amount)), 0n);
}

/** One line as the checker reads it, and as the approval keeps it: 'debit custody.hot f1… 1000'. */
export function lineText({ side, code, owner, amount }: CorrectionLine): string {
  return `${side} ${code} ${owner === '' ? '-' : owner} ${amount}`;
}

/** The lines that an approval's subject keeps as journal1, journal2, … */
export function linesIn(subject: Readonly<Record<string, unknown>>): CorrectionLine[] {
  const lines: CorrectionLine[] = [];
  for (let n = 1; typeof subject[`journal${n}`] === 'string'; n += 1) {
    const [side, code = '', owner = '', amount = ''] = String(subject[`journal${n}`]).split(' ');
    if (side !== 'debit' && side !== 'credit') throw new Error(`journal${n} has no side`);
    lines.push({ side, code, owner: owner === '-' ? '' : owner, amount: amount as AttoText });
  }
  return lines;
}

/** As ledger/post.ts takes them. @throws Error for an account that is none: judged before */
export function postingsOf(lines: readonly CorrectionLine[]): Posting[] {
  return lines.map(({ side, code, owner, amount }) => {
    if (!(code in CHART)) throw new Error(`${code} is no account`);
    return { side, account: { code: code as AccountCode, owner }, amount: attoFrom(amount) };
  });
}

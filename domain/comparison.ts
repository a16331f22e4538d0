/** How other platforms compare, as staff found it: dated, sourced rows, each version made by two people. Never invented. */
import { refuse, type Refusal } from './refusal';

/**
 * What secures a loan there. `pledge`: the borrower locks FIL or tokens with the platform. `owner-role`: the platform
 * holds the owner role of the borrower's miner.
 */
export const SECURITIES = ['pledge', 'owner-role'] as const;
export type Security = (typeof SECURITIES)[number];

/** Our own row is computed from our own figures, so nobody enters it. */
export const OWN_PLATFORM = 'loanstone';

/** What a platform says of itself; attoFIL (tvl) and ray as decimal text. null: it says nothing, or nobody looked. */
export interface ComparedFigures {
  readonly tvl: string | null;
  readonly utilisation: string | null;
  readonly depositApr: string | null;
  readonly depositApy: string | null;
  readonly borrowApr: string | null;
  readonly borrowApy: string | null;
}

export const COMPARED = [
  'tvl',
  'utilisation',
  'depositApr',
  'depositApy',
  'borrowApr',
  'borrowApy',
] as const satisfies readonly (keyof ComparedFigures)[];

export interface Comparison extends ComparedFigures {
  /** Short name, lower case: the row's id. */
  readonly platform: string;
  readonly name: string;
  readonly security: Security;
  /** Whether the public sees the row. */
  readonly shown: boolean;
  /** The day the figures are of, YYYY-MM-DD; null where there are none. */
  readonly asOf: string | null;
  /** Where they were read: an https URL; null where there are none. */
  readonly source: string | null;
}

/** Who asks for what, and why. */
export interface ComparisonRequest {
  readonly id: string;
  readonly row: Comparison;
  /** The version that the asker saw, 0 for a new platform: any other voids the request. */
  readonly basedOn: number;
  readonly reason: string;
  readonly actor: { readonly id: string; readonly role: string };
}

function isDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/**
 * What is wrong with a row, or null: figures come with their day and source, a day is not in the future, and our own
 * row is nobody's to enter. `today`: YYYY-MM-DD, UTC.
 */
export function faultOf(row: Comparison, today: string): Refusal | null {
  if (row.platform === OWN_PLATFORM)
    return refuse('comparison-own', 'Our own row is computed from our own figures.');
  const figures = COMPARED.some((name) => row[name] !== null);
  if (figures !== (row.asOf !== null) || figures !== (row.source !== null))
    return refuse(
      'comparison-unsourced',
      'Figures come with the day they are of and their source, or not at all.',
    );
  if (row.asOf !== null && (!isDay(row.asOf) || row.asOf > today))
    return refuse('comparison-unsourced', `${row.asOf} is not a day up to today, ${today}.`);
  if (row.source !== null && !/^https:\/\/[^/\s]+/.test(row.source))
    return refuse('comparison-unsourced', 'The source is an https URL.');
  return null;
}

/** Whether two rows say the same. */
export function sameRow(a: Comparison, b: Comparison): boolean {
  const fields = ['platform', 'name', 'security', 'shown', 'asOf', 'source', ...COMPARED] as const;
  return fields.every((field) => a[field] === b[field]);
}

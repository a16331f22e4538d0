/** Rows of the comparison as /admin/v1/comparisons gives them, and the form that enters one. */
import { attoOf, exactAmount } from '../field/amount';
import { percentText, rayOf } from '../field/ratio';
import type { Problem } from '../providers/problem';

export type Security = 'pledge' | 'owner-role';

export const securityNames: Readonly<Record<Security, string>> = {
  pledge: 'Pledge',
  'owner-role': 'Owner role',
};

export interface ComparedFigures {
  readonly name: string;
  readonly security: Security;
  /** atto; null: none was found. Rates and utilisation in ray. */
  readonly tvl: string | null;
  readonly utilisation: string | null;
  readonly depositApr: string | null;
  readonly depositApy: string | null;
  readonly borrowApr: string | null;
  readonly borrowApy: string | null;
  /** YYYY-MM-DD */
  readonly asOf: string | null;
  readonly source: string | null;
}

export interface ComparisonVersion extends ComparedFigures {
  readonly version: number;
  readonly shown: boolean;
  readonly approvalId: string | null;
  readonly enteredByEmail: string | null;
  readonly createdAt: string;
}

export interface Comparison extends ComparisonVersion {
  readonly id: string;
  readonly waitingApprovalId: string | null;
  /** On the single record only. */
  readonly versions?: readonly ComparisonVersion[];
}

/** What the form holds, as typed: amounts in FIL, rates in percent. */
export interface Draft {
  readonly platform: string;
  readonly name: string;
  readonly security: Security;
  readonly shown: boolean;
  readonly tvl: string;
  readonly utilisation: string;
  readonly depositApr: string;
  readonly depositApy: string;
  readonly borrowApr: string;
  readonly borrowApy: string;
  readonly asOf: string;
  readonly source: string;
  readonly reason: string;
}

export type TextOfDraft = Exclude<keyof Draft, 'security' | 'shown'>;
export type Wrong = Partial<Record<keyof Draft, string>>;

export const RATES = ['utilisation', 'depositApr', 'depositApy', 'borrowApr', 'borrowApy'] as const;

const emptyDraft: Draft = {
  ...{ platform: '', name: '', security: 'pledge', shown: true, tvl: '', utilisation: '' },
  ...{ depositApr: '', depositApy: '', borrowApr: '', borrowApy: '', asOf: '', source: '', reason: '' },
};

/** The form for a row that is there, or an empty one. */
export function draftOf(row?: Comparison): Draft {
  if (row === undefined) return emptyDraft;
  const percent = (value: string | null): string => (value === null ? '' : percentText(value));
  return {
    ...{ platform: row.id, name: row.name, security: row.security, shown: row.shown, reason: '' },
    tvl: row.tvl === null ? '' : exactAmount(row.tvl),
    utilisation: percent(row.utilisation),
    depositApr: percent(row.depositApr),
    depositApy: percent(row.depositApy),
    borrowApr: percent(row.borrowApr),
    borrowApy: percent(row.borrowApy),
    ...{ asOf: row.asOf ?? '', source: row.source ?? '' },
  };
}

/** Figures, their day and their source go together. */
function sourcing(draft: Draft): Wrong {
  const figures = ['tvl' as const, ...RATES].some((field) => draft[field].trim() !== '');
  const wrong: Wrong = {};
  if (figures !== (draft.asOf !== ''))
    wrong.asOf = figures ? 'Figures come with the day they are of' : 'Without a figure there is no day';
  if (figures ? !/^https:\/\/[^/\s]+/.test(draft.source.trim()) : draft.source.trim() !== '')
    wrong.source = figures
      ? 'Figures come with their source, an https URL'
      : 'Without a figure there is no source';
  return wrong;
}

/** What is wrong before anybody is asked, in one sentence a field; the server judges all of it again. */
export function faultsOf(draft: Draft): Wrong {
  const wrong: Wrong = {};
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(draft.platform))
    wrong.platform = 'Lower-case letters, digits and hyphens';
  if (draft.name.trim() === '') wrong.name = 'Needed.';
  if (draft.reason.trim() === '') wrong.reason = 'Needed: where you looked, and what is new';
  if (draft.tvl.trim() !== '' && attoOf(draft.tvl) === null) wrong.tvl = 'An amount in FIL, like 1,000.5';
  for (const field of RATES)
    if (draft[field].trim() !== '' && rayOf(draft[field]) === null) wrong[field] = 'A percentage, like 12.5';
  return { ...sourcing(draft), ...wrong };
}

/** The request's body; the draft has no faults. */
export function bodyOf(draft: Draft, basedOn: number): object {
  const text = (value: string): string | null => (value.trim() === '' ? null : value.trim());
  const rates = Object.fromEntries(
    RATES.map((field) => [field, draft[field].trim() === '' ? null : rayOf(draft[field])]),
  );
  return {
    ...{ platform: draft.platform, basedOn, name: draft.name.trim(), security: draft.security },
    ...{ shown: draft.shown, tvl: draft.tvl.trim() === '' ? null : attoOf(draft.tvl), ...rates },
    ...{ asOf: text(draft.asOf), source: text(draft.source), reason: draft.reason.trim() },
  };
}

/** What the server said, at the fields that it means; empty where it means none. */
export function wrongOf({ code, message, fields }: Pick<Problem, 'code' | 'message' | 'fields'>): Wrong {
  const named = fields.flatMap((one) => {
    const field = one.pointer.split('/').pop() ?? '';
    return field in emptyDraft ? [[field, one.message] as const] : [];
  });
  if (named.length > 0) return Object.fromEntries(named);
  if (code === 'comparison-own') return { platform: message };
  return code === 'comparison-unsourced' ? { source: message } : {};
}

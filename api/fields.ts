/** The fields that many calls share, each with its own refusals and its OpenAPI form. */
import { z } from 'zod';
import { parseAtto, type AttoText } from '../domain/money';
import { refuse, type Refusal } from '../domain/refusal';

/** Reads an amount that a person sent: canonical decimal text, above zero, in attoFIL. */
export function readAmount(value: unknown): AttoText | Refusal {
  if (typeof value !== 'string') return refuse('amount-not-text');
  if (/^-[0-9]*[1-9]/.test(value)) return refuse('amount-negative');
  if (/^[0-9]+\.[0-9]*[1-9][0-9]*$/.test(value)) return refuse('amount-too-fine');
  const amount = parseAtto(value);
  if (amount === null) return refuse('amount-not-canonical');
  if (amount === 0n) return refuse('amount-zero');
  return value as AttoText;
}

/** A field whose own reader refuses with its own code. */
export function field<T>(read: (value: unknown) => T | Refusal, meta: z.GlobalMeta) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = read(value);
      if (typeof result === 'object' && result !== null && 'refusal' in result) {
        context.addIssue({ code: 'custom', message: result.detail, params: { refusal: result.refusal } });
        return z.NEVER;
      }
      return result;
    })
    .meta(meta);
}

/** An amount in a request. */
export const amountIn = field(readAmount, {
  type: 'string',
  pattern: '^[1-9][0-9]{0,38}$',
  description: 'attoFIL as canonical decimal text, above zero',
  example: '1500000000000000000',
});

/** An amount in an answer; negative only where the schema's place says so. */
export const amountOut = z
  .string()
  .regex(/^-?(?:0|[1-9][0-9]*)$/)
  .meta({ description: 'attoFIL as decimal text', example: '1500000000000000000' });

/** A ray (scaled 10²⁷) in an answer. */
export const rayOut = z
  .string()
  .regex(/^(?:0|[1-9][0-9]*)$/)
  .meta({ description: 'scaled by 10^27, as decimal text', example: '593500000000000000000000000' });

function readRay(value: unknown): string | Refusal {
  if (typeof value === 'string' && /^(?:0|[1-9][0-9]{0,29})$/.test(value)) return value;
  return refuse('malformed-request', 'Rates and shares are canonical decimal text, scaled by 10^27.');
}

/** A ray in a request. */
export const rayIn = field(readRay, {
  type: 'string',
  pattern: '^(?:0|[1-9][0-9]{0,29})$',
  description: 'scaled by 10^27, as decimal text',
  example: '120000000000000000000000000',
});

/** As rayOut, below zero where something was lost. */
export const signedRayOut = z
  .string()
  .regex(/^(?:0|-?[1-9][0-9]*)$/)
  .meta({ description: 'scaled by 10^27, as decimal text; may be negative' });

export const epochOut = z.int().meta({ description: 'Filecoin epoch' });
export const timeOut = z.iso.datetime().meta({ description: 'RFC 3339, UTC' });

/** Our own ids: never guessed from, never parsed. */
export const idIn = z.string().min(1).max(200);
export const idParams = z.strictObject({ id: idIn });

/** Why somebody of staff does something; empty text is `reason-required`. */
export const reasonIn = field(
  (value): string | Refusal => {
    if (value === undefined || value === null) return refuse('reason-required');
    if (typeof value !== 'string') return refuse('malformed-request', 'The reason is text.');
    const reason = value.trim();
    if (reason === '') return refuse('reason-required');
    return reason.length > 1000
      ? refuse('malformed-request', 'The reason is longer than 1000 characters.')
      : reason;
  },
  { type: 'string', minLength: 1, maxLength: 1000 },
);

export const emailIn = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email().max(254))
  .meta({ type: 'string', format: 'email', maxLength: 254 });

/** What a call that starts work answers. */
export const started = z.strictObject({ id: z.string(), workflowId: z.string() });

export const iso = (at: Date): string => at.toISOString();
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null;

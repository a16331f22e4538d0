import { createHmac, timingSafeEqual } from 'node:crypto';
import { PERMISSIONS, type Permission } from './method';

/** What a token allows (null when it names nothing), or why it is none of ours, in the words of Lotus' JWT library. */
export type Verdict =
  | { readonly ok: true; readonly allow: readonly string[] | null }
  | { readonly ok: false; readonly why: string };

const MALFORMED = 'jwt: malformed token';
const FORGED = 'jwt: HMAC verification failed';

/** The bearer tokens of the node: JWTs over a secret of the data folder, as Lotus makes them. */
export interface Tokens {
  /** Whatever is asked for is written into the token, known permission or not. */
  readonly issue: (allow: readonly string[] | null) => string;
  readonly verify: (token: string) => Verdict;
}

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

function allowed(payload: string): Verdict {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const allow: unknown =
      typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'Allow') : null;
    if (!Array.isArray(allow)) return { ok: true, allow: null };
    return { ok: true, allow: allow.filter((one) => typeof one === 'string') };
  } catch {
    return { ok: false, why: MALFORMED };
  }
}

export function makeTokens(secret: Uint8Array): Tokens {
  const seal = (body: string): string => createHmac('sha256', secret).update(body).digest('base64url');
  return {
    issue: (allow) => {
      const body = `${HEADER}.${Buffer.from(JSON.stringify({ Allow: allow })).toString('base64url')}`;
      return `${body}.${seal(body)}`;
    },
    verify: (token) => {
      const [header, payload, signature, ...more] = token.split('.');
      if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
        return { ok: false, why: MALFORMED };
      const wanted = Buffer.from(seal(`${header}.${payload}`));
      const given = Buffer.from(signature);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given))
        return { ok: false, why: FORGED };
      return allowed(payload);
    },
  };
}

/** Permissions up to and including one: what `lotus auth create-token --perm` gives. */
export const upTo = (permission: Permission): readonly Permission[] =>
  PERMISSIONS.slice(0, PERMISSIONS.indexOf(permission) + 1);

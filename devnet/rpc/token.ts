import { createHmac, timingSafeEqual } from 'node:crypto';
import { PERMISSIONS, type Permission } from './method';

/** The bearer tokens of the node: JWTs over a secret of the data folder, as Lotus makes them. */
export interface Tokens {
  readonly issue: (allow: readonly Permission[]) => string;
  /** What a token allows, or null when it is not one of ours. */
  readonly verify: (token: string) => readonly Permission[] | null;
}

const HEADER = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');

const isPermission = (value: unknown): value is Permission => PERMISSIONS.some((known) => known === value);

function allowed(payload: string): readonly Permission[] | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return null;
    const allow: unknown = Reflect.get(claims, 'Allow');
    return Array.isArray(allow) ? allow.filter(isPermission) : [];
  } catch {
    return null;
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
        return null;
      const wanted = Buffer.from(seal(`${header}.${payload}`));
      const given = Buffer.from(signature);
      if (wanted.length !== given.length || !timingSafeEqual(wanted, given)) return null;
      return allowed(payload);
    },
  };
}

/** Permissions up to and including one: what `lotus auth create-token --perm` gives. */
export const upTo = (permission: Permission): readonly Permission[] =>
  PERMISSIONS.slice(0, PERMISSIONS.indexOf(permission) + 1);

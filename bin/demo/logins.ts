import type { StackInfo } from '../../stack/info';
import type { Staff } from './play';

export type Login = StackInfo['logins'][number];

/** The stack's sample logins by role. @throws where one is missing */
export function loginsOf(samples: readonly Login[]): Record<keyof Staff, Login> {
  const of = (role: keyof Staff): Login => {
    const found = samples.find((login) => login.role === role);
    if (found === undefined) throw new Error(`the stack has no sample login ${role}`);
    return found;
  };
  return {
    maker: of('maker'),
    checker: of('checker'),
    treasurer: of('treasurer'),
    auditor: of('auditor'),
    admin: of('admin'),
  };
}

import { makeKnex } from '../db/knex';
import { ensureStaff } from '../db/staff';
import type { Role } from '../domain/permission';
import { SAMPLE_ROLES, type SampleRole, type Secrets } from './data-folder';

export interface SampleLogin {
  readonly role: SampleRole;
  readonly email: string;
  readonly password: string;
}

/** The product's role behind a sample login: makers are its operators. */
const ROLE: Record<SampleRole, Role> = {
  maker: 'operator',
  checker: 'checker',
  treasurer: 'treasurer',
  auditor: 'auditor',
  admin: 'admin',
};

/** The sample logins of this data folder. */
export function sampleLogins(passwords: Secrets['staff']): SampleLogin[] {
  return SAMPLE_ROLES.map((role) => ({ role, email: `${role}@loanstone.test`, password: passwords[role] }));
}

/** Makes the logins that are missing, as the owner of the database. */
export async function ensureSampleStaff(logins: readonly SampleLogin[], ownerUrl: string): Promise<void> {
  const owner = makeKnex(ownerUrl, { poolMax: 1, applicationName: 'loanstone-staff' });
  try {
    for (const { role, email, password } of logins) await ensureStaff(owner, email, ROLE[role], password);
  } finally {
    await owner.destroy();
  }
}

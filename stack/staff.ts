import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SAMPLE_ROLES, type SampleRole, type Secrets } from './data-folder';
import { plainEnvironment } from './environment';
import { ROOT } from './foundation';
import { writePrivate } from './private-file';
import { run } from './run';

export interface SampleLogin {
  readonly role: SampleRole;
  readonly email: string;
  readonly password: string;
}

/** The product's role behind a sample login: makers are its operators. */
const ROLE: Record<SampleRole, string> = {
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

/** Makes the logins that are missing, through the same program that makes real ones. */
export async function ensureStaff(
  logins: readonly SampleLogin[],
  ownerUrl: string,
  signal: AbortSignal,
): Promise<void> {
  const program = join(ROOT, 'bin', 'staff.ts');
  if (!existsSync(program)) throw new Error('bin/staff.ts is missing: sample logins cannot be made');
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-staff-'));
  const env = { ...plainEnvironment(), LOANSTONE_ENV: 'development', DATABASE_OWNER_URL: ownerUrl };
  try {
    for (const { role, email, password } of logins) {
      const file = join(folder, role);
      writePrivate(file, password);
      const args = [
        '--import',
        'tsx',
        program,
        'ensure',
        '--email',
        email,
        '--role',
        ROLE[role],
        '--password-file',
        file,
      ];
      await run(process.execPath, args, { cwd: ROOT, env, signal, timeoutMs: 60_000 });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds, changes and disables staff, as the owner of the database: the product itself cannot. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '../config';
import { makeKnex } from '../db/knex';
import { endSessionsOf } from '../db/session';
import { addStaff, disableStaff, ensureStaff } from '../db/staff';
import { ROLES, isRole } from '../domain/permission';

const USAGE = `npm run staff -- add     --email E --role R --password-file F
npm run staff -- ensure  --email E --role R --password-file F   (adds, or sets role and password anew)
npm run staff -- disable --email E
roles: ${ROLES.join(', ')}; needs DATABASE_OWNER_URL`;

async function main(args: string[]): Promise<string> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { email: { type: 'string' }, role: { type: 'string' }, 'password-file': { type: 'string' } },
  });
  const { email, role, 'password-file': file } = values;
  const [verb] = positionals;
  if (email === undefined || positionals.length !== 1) throw new Error(USAGE);
  const knex = makeKnex(readConfig('migrate').databaseUrl, {
    poolMax: 1,
    applicationName: 'loanstone-staff',
  });
  try {
    if (verb === 'disable') {
      const { id } = await disableStaff(knex, email);
      await endSessionsOf(knex, 'staff', id);
      return `${email} is disabled and signed out everywhere`;
    }
    if ((verb !== 'add' && verb !== 'ensure') || role === undefined || file === undefined)
      throw new Error(USAGE);
    if (!isRole(role)) throw new Error(`${role} is none of ${ROLES.join(', ')}`);
    const password = readFileSync(file, 'utf8').trim();
    const person = await (verb === 'add' ? addStaff : ensureStaff)(knex, email, role, password);
    return `${person.email} is ${person.role} (${person.id})`;
  } finally {
    await knex.destroy();
  }
}

main(process.argv.slice(2)).then(
  (said) => console.log(said),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);

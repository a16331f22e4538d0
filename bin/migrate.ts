import { readConfig } from '../config';
import { migrate } from '../db/migrate';

/** `npm run migrate`: brings the database of DATABASE_OWNER_URL up to date. */
async function main(): Promise<void> {
  const { databaseUrl } = readConfig('migrate');
  const ran = await migrate(databaseUrl);
  console.log(JSON.stringify({ ready: true, migrations: ran }));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

/** `npm run verify-history`: holds stored histories to their SHA-256 and chain, and replays them on today's code. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeKnex } from '../db/knex';
import { readDatabaseUrl } from './verify-history/database';
import { fromCopies, fromFile, type Source } from './verify-history/source';
import { EXIT, verify } from './verify-history/verify';

const USAGE = `npm run verify-history -- WORKFLOW_ID [RUN_ID]   one stored run (without RUN_ID: the one that closed last)
npm run verify-history -- --all                  every stored run, and the chain that links them
npm run verify-history -- --all --chain HASH     and that the chain still holds the link noted earlier
npm run verify-history -- --file F [--id WORKFLOW_ID] [--sha256 HASH]   a downloaded history, without any database

Reads DATABASE_URL, else the database of the stack that runs here (.loanstone/stack.json).
Ends with 0: all is as stored and replays; 2: something was changed; 3: it is as stored but does not replay on this
code; 1: it could not be looked at.`;

const OPTIONS = {
  all: { type: 'boolean' },
  chain: { type: 'string' },
  file: { type: 'string' },
  id: { type: 'string' },
  sha256: { type: 'string' },
} as const;

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [workflowId, runId, ...rest] = positionals;
  const ways = [values.all, values.file, workflowId].filter((way) => way !== undefined);
  if (ways.length !== 1 || rest.length > 0) throw new Error(USAGE);
  const say = (line: string): void => console.log(line);
  if (values.file !== undefined) {
    const file = { text: readFileSync(values.file, 'utf8'), workflowId: values.id, sha256: values.sha256 };
    return verify(fromFile(file), say);
  }
  const knex = makeKnex(readDatabaseUrl(), { poolMax: 1, applicationName: 'loanstone-verify-history' });
  try {
    const wanted = workflowId === undefined ? null : { workflowId, runId };
    const source: Source = fromCopies(knex, wanted, values.chain);
    return await verify(source, say);
  } finally {
    await knex.destroy();
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = EXIT.unseen;
  },
);

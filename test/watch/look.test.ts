/** The signals that chain-watch owes: each is sent once, and none is held up by a workflow that takes no more. */
import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Knex } from 'knex';
import { sendLooks } from '../../activities/watch-look';
import { makeKnex } from '../../db/knex';
import { oweLooks, owedLooks } from '../../db/look';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let knex: Knex;
beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

const owe = (...ids: string[]) => knex.transaction((trx) => oweLooks(trx, ids));
const owed = async (): Promise<string[]> => (await owedLooks(knex, 1000)).map(({ workflowId }) => workflowId);

function failure(code: number): ServiceError {
  const cause = Object.assign(new Error('no'), { code, details: 'no', metadata: {} });
  return new ServiceError('Failed to signal Workflow', { cause });
}

/** Signals all but those that fail. */
async function send(failing: Record<string, Error>): Promise<{ sent: string[]; refused: readonly string[] }> {
  const sent: string[] = [];
  const signal = (id: string): Promise<void> => {
    const error = failing[id];
    if (error !== undefined) return Promise.reject(error);
    sent.push(id);
    return Promise.resolve();
  };
  return { refused: await sendLooks({ knex, signal }), sent };
}

test('a loan that a flood of attos has filled, owed hundreds, keeps nobody else from a signal', async () => {
  for (let n = 0; n < 150; n += 1) await owe('loan/full');
  await owe('deposit/a', 'deposit/gone');
  await owe('deposit/a');
  const gone = new WorkflowNotFoundError('no such workflow', 'deposit/gone', undefined);
  expect(await send({ 'loan/full': failure(3), 'deposit/gone': gone })).toEqual({
    sent: ['deposit/a'],
    refused: ['loan/full'],
  });
  expect(await owed()).toEqual(['loan/full']);
  expect(await send({})).toEqual({ sent: ['loan/full'], refused: [] });
  expect(await owed()).toEqual([]);
});

test('where Temporal does not answer, all that was not sent stays owed', async () => {
  await owe('a');
  await owe('b');
  await owe('c');
  await expect(send({ b: failure(14) })).rejects.toThrow('Failed to signal');
  expect(await owed()).toEqual(['b', 'c']);
});

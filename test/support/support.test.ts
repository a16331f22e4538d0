import { makeKnex } from '../../db/knex';
import { freshDatabase } from './database';
import { connectTemporal, startTestServer } from './temporal';

test('each database is a copy of the migrated template, with its three logins', async () => {
  const database = await freshDatabase();
  try {
    for (const url of [database.ownerUrl, database.appUrl, database.signerUrl]) {
      const knex = makeKnex(url, { poolMax: 1 });
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        "SELECT 9007199254740991::int8 AS eight, '170141183460469231731'::numeric AS big, current_user AS who",
      );
      expect(rows).toEqual([
        { eight: 9007199254740991, big: '170141183460469231731', who: new URL(url).username },
      ]);
      await expect(knex.raw('SELECT 9007199254740992::int8')).rejects.toThrow('outside the safe integers');
      await knex.destroy();
    }
  } finally {
    await database.drop();
  }
});

test('the dev server knows the search attributes and keeps histories for 90 days', async () => {
  const temporal = await connectTemporal();
  try {
    const { config } = await temporal.client.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBeGreaterThanOrEqual(86_400);
    const { customAttributes } = await temporal.client.connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['Lifecycle', 'State', 'CustomerRef', 'NeedsAction', 'DueAt']),
    );
  } finally {
    await temporal.close();
  }
});

test('the time-skipping server answers and ends', async () => {
  const server = await startTestServer();
  const temporal = await connectTemporal(server.address);
  await expect(temporal.client.workflowService.getSystemInfo({})).resolves.toBeDefined();
  await temporal.close();
  await server.stop();
});

/** A run keeps every address, also more than one statement can name. */
import { keepRun } from '../../db/reconciliation';
import { makeKnex } from '../../db/knex';
import { atto } from '../../domain/money';
import { freshDatabase } from '../support/database';

test('10,000 addresses in one run', async () => {
  const database = await freshDatabase();
  const knex = makeKnex(database.appUrl);
  try {
    const items = Array.from({ length: 10_000 }, (_, n) => ({
      ...{ address: `f1${n}`, kind: 'deposit', chain: atto(BigInt(n)), ledger: atto(BigInt(n)) },
      ...{ class: 'matched' as const, sentence: null },
    }));
    await knex.transaction((trx) =>
      keepRun(trx, {
        ...{ id: 'r', workflowId: 'reconciliation/r', tipsetKey: 'a', height: 1, outcome: 'matched' },
        ...{ addresses: items.length, breaks: 0, unexplained: 0, items, trialBalance: {}, identity: {} },
      }),
    );
    const [kept] = await knex('watch.recon_item')
      .where({ run_id: 'r' })
      .count<{ count: number }[]>('* as count');
    expect(kept?.count).toBe(10_000);
  } finally {
    await knex.destroy();
    await database.drop();
  }
}, 60_000);

/** A database with customers, listed addresses and a policy of the test's own; no chain. */
import { createHash, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { subjectHashOf, type Json } from '../../db/approval';
import { addressBytes, type Address } from '../../domain/address';
import { atto, attoText, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { balance } from '../../ledger/read';
import { post } from '../../ledger/post';
import { freshDatabase } from '../support/database';

export const POLICY = {
  perTransaction: coins(50n),
  perCustomerHour: coins(60n),
  perCustomerDay: coins(100n),
  platformHour: coins(120n),
  platformDay: coins(200n),
  automaticUpTo: coins(10n),
  twoAbove: coins(30n),
  coolDownSeconds: 86_400,
  credentialCoolDownSeconds: 172_800,
  approvalSeconds: 86_400,
} as const;

type Change = Partial<Record<keyof typeof POLICY, bigint | number>>;

/** Makes the next version of the policy, as two people would: with an approval of its own. */
export async function makePolicy(admin: Knex, change: Change = {}): Promise<number> {
  const content = Object.fromEntries(
    Object.entries({ ...POLICY, ...change }).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? value.toString() : value,
    ]),
  );
  const subject = { ...content, policy: 'withdrawal', of: '' };
  const approvalId = await accepted(admin, { kind: 'policy', subjectId: 'withdrawal', subject });
  const [row] = await admin('policy_version')
    .where({ kind: 'withdrawal', subject: '' })
    .max<{ last: number }[]>({ last: 'version' });
  const version = (row?.last ?? 0) + 1;
  await admin('policy_version').insert({
    ...{ kind: 'withdrawal', subject: '', version, approval_id: approvalId },
    content: JSON.stringify(content),
  });
  return version;
}

/** The hot wallet's address, as the signer would have told it. */
export async function makeHot(admin: Knex, address: Address): Promise<void> {
  await admin('chain.address').insert({
    ...{ address, bytes: Buffer.from(addressBytes(address)), kind: 'hot', owner_kind: 'platform' },
    ...{ owner_id: 'hot', derivation_account: 1, derivation_index: 0 },
  });
}

export interface NewApproval {
  readonly kind: string;
  readonly subjectId: string;
  readonly subject: Readonly<Record<string, Json>>;
  readonly by?: readonly string[];
}

/** An approval that these people accepted. */
export async function accepted(admin: Knex, approval: NewApproval): Promise<string> {
  const id = randomUUID();
  const { by = ['c1'] } = approval;
  await admin('approval').insert({
    ...{ id, kind: approval.kind, subject_kind: approval.kind, subject_id: approval.subjectId },
    ...{ workflow_id: `test/${id}`, subject: JSON.stringify(approval.subject), maker_id: null },
    ...{ subject_hash: subjectHashOf(approval.subject), quorum: by.length },
  });
  for (const actor of by) {
    const decision = { actor_id: actor, actor_role: 'checker', decision: 'accept', reason: 'fine' };
    await admin('approval_decision').insert({ approval_id: id, ...decision });
  }
  await admin('approval').where({ id }).update({ state: 'accepted', closed_at: new Date() });
  return id;
}

/** An address on a customer's list, so many seconds ago; signed for by nobody that could be checked. */
export async function listed(
  admin: Knex,
  customerId: string,
  address: string,
  secondsAgo = 90_000,
): Promise<string> {
  const id = randomUUID();
  const row = { id, customer_id: customerId, name: 'home', given: address, workflow_id: `test/${id}` };
  await admin('withdrawal_address').insert(row);
  await admin('withdrawal_address')
    .where({ id })
    .update({ state: 'challenged', address, actor: 'account', challenge: `the text ${id} ${address} x` });
  const proof = { signature: createHash('sha256').update(id).digest('hex'), proven: true };
  await admin('withdrawal_address')
    .where({ id })
    .update({ state: 'listed', ...proof, listed_at: new Date() });
  await backdate(admin, 'withdrawal_address', id, { listed_at: secondsAgo });
  return id;
}

/** As if the column's moment had been earlier: no role of the product may do that. */
export async function backdate(
  admin: Knex,
  table: 'withdrawal' | 'withdrawal_address',
  id: string,
  by: Readonly<Record<string, number>>,
): Promise<void> {
  await admin.transaction(async (trx) => {
    await trx.raw(`ALTER TABLE ${table} DISABLE TRIGGER ${table}_guard`);
    for (const [column, seconds] of Object.entries(by))
      await trx(table)
        .where({ id })
        .update({ [column]: trx.raw("clock_timestamp() - ? * interval '1 second'", [seconds]) });
    await trx.raw(`ALTER TABLE ${table} ENABLE TRIGGER ${table}_guard`);
  });
}

export interface Books {
  readonly app: Knex;
  readonly admin: Knex;
  readonly customer: (id: string, available: bigint) => Promise<void>;
  readonly available: (id: string) => Promise<bigint>;
  readonly close: () => Promise<void>;
}

export async function openBooks(): Promise<Books> {
  const database = await freshDatabase();
  const app = makeKnex(database.appUrl, { poolMax: 16 });
  const admin = makeKnex(database.adminUrl, { poolMax: 2 });
  await admin('watch.cursor').insert({
    ...{ clock: 100, executed: 101, executed_key: 'b', head: 101, head_key: 'b', began: 0 },
  });
  return {
    app,
    admin,
    customer: async (id, available) => {
      await admin('customer').insert({ id, email: `${id}@example.com`, state: 'open' });
      if (available === 0n) return;
      const postings = [
        debit('custody.deposit', `f1${id}`, atto(available)),
        credit('customer.available', id, atto(available)),
      ];
      await app.transaction((trx) =>
        post(trx, {
          ...{ key: `deposit/${id}`, kind: 'deposit', asset: 'FIL', effectiveEpoch: 100 },
          ...{ workflowId: `deposit/${id}`, postings },
        }),
      );
    },
    available: async (owner) => (await balance(app, { code: 'customer.available', owner })).available,
    close: async () => {
      await Promise.all([app.destroy(), admin.destroy()]);
      await database.drop();
    },
  };
}

export const text = (amount: bigint) => attoText(amount);

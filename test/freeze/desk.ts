/** A database with messages to sign: two customers, a loan each, and a key. No chain: what is signed goes nowhere. */
import { randomUUID } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1';
import type { Knex } from 'knex';
import { signMessage } from '../../chain/message';
import { bindAndSign, lockSender } from '../../chain/outbox';
import { checkFrozen } from '../../chain/policy-freeze';
import { liftFreeze, setFreeze } from '../../db/freeze';
import { makeKnex } from '../../db/knex';
import { readMessage } from '../../db/message';
import { addressBytes, secp256k1Address, type Address } from '../../domain/address';
import type { FreezeRequested, FreezeScope } from '../../domain/freeze';
import { atto } from '../../domain/money';
import { RefusalError } from '../../domain/refusal';
import { freshDatabase } from '../support/database';

export const BORROWERS = ['ada', 'bob'] as const;
export const MINER = { ada: 'f01000', bob: 'f01001' } as const;
const GAS = { gasLimit: 1_000_000, gasFeeCap: 200n, gasPremium: 100n };

export interface FreezeDesk {
  readonly app: Knex;
  readonly admin: Knex;
  /** Drafts a message of this kind for the borrower's loan. */
  readonly draft: (kind: string, borrower: (typeof BORROWERS)[number]) => Promise<string>;
  /** As activities/signer.ts does in its transaction; 'signed', or the refusal's code. */
  readonly sign: (id: string) => Promise<string>;
  /** In force when it returns its id. */
  readonly freeze: (
    scope: FreezeScope,
    customerId?: string | null,
    actor?: FreezeRequested['actor'],
  ) => Promise<string>;
  readonly lift: (id: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An accepted approval of two people, as no role of the product could write it alone. */
export async function agreed(
  admin: Knex,
  kind: string,
  subjectId: string,
  subject: object = {},
): Promise<string> {
  const id = randomUUID();
  await admin('approval').insert({
    ...{ id, kind, subject_kind: 'freeze', subject_id: subjectId, workflow_id: `freeze/${subjectId}` },
    ...{ subject, subject_hash: '0'.repeat(64), maker_id: 'olga', quorum: 1, state: 'waiting' },
  });
  const decision = { approval_id: id, actor_id: 'carl', actor_role: 'checker', decision: 'accept' };
  await admin('approval_decision').insert({ ...decision, reason: 'looked' });
  await admin('approval').where({ id }).update({ state: 'accepted', closed_at: new Date() });
  return id;
}

/** A borrower with a loan that was asked for. */
export async function aBorrower(admin: Knex, id: string, miner: string): Promise<void> {
  const email = `${id}@example.test`;
  await admin('registration').insert({ email, customer_id: id });
  await admin('customer').insert({ id, email, state: 'open' });
  await admin('owner_challenge').insert({
    ...{ loan_id: `loan-${id}`, customer_id: id, miner, nonce: id, text: id, expiry_epoch: 9 },
  });
  await admin('loan').insert({
    ...{ id: `loan-${id}`, borrower_id: id, miner, amount: '2', term_epochs: 10, pool_id: 'flexible' },
    ...{ bucket: 'standard', state: 'preflight', proof_address: 'f1x', proof_signature: 'x' },
  });
}

/** Call `close` in afterAll. */
export async function aFreezeDesk(): Promise<FreezeDesk> {
  const database = await freshDatabase();
  const app = makeKnex(database.appUrl, { poolMax: 10 });
  const signer = makeKnex(database.signerUrl, { poolMax: 10 });
  const admin = makeKnex(database.adminUrl, { poolMax: 2 });
  const key = secp256k1.utils.randomSecretKey();
  const from: Address = secp256k1Address(secp256k1.getPublicKey(key, false), 'f');
  await admin('chain.address').insert({
    ...{ address: from, bytes: Buffer.from(addressBytes(from)), kind: 'hot', owner_kind: 'platform' },
    ...{ owner_id: 'hot', derivation_account: 1, derivation_index: 0 },
  });
  for (const borrower of BORROWERS) await aBorrower(admin, borrower, MINER[borrower]);
  return {
    app,
    admin,
    draft: async (kind, borrower) => {
      const id = randomUUID();
      await admin('chain.message').insert({
        ...{ id, workflow_id: `message/${id}`, kind, from_address: from, to_address: MINER[borrower] },
        ...{ value: '1', method: 0, subject_kind: 'loan', subject_id: `loan-${borrower}`, summary: 'a test' },
        approval_id: 'a',
      });
      return id;
    },
    sign: async (id) => {
      try {
        await signer.transaction(async (trx) => {
          const sender = await lockSender(trx, from);
          const message = await readMessage(trx, id);
          await checkFrozen(trx, message);
          const binding = { message, value: atto(1n), gas: GAS, headEpoch: 1, finalizedEpoch: 1 };
          await bindAndSign(trx, sender, binding, (unsigned) => signMessage(unsigned, key));
        });
        return 'signed';
      } catch (error) {
        if (error instanceof RefusalError) return error.code;
        throw error;
      }
    },
    freeze: async (scope, customerId = null, actor = { id: 'olga', role: 'operator' }) => {
      const id = randomUUID();
      const asked = { id, scope, customerId, reason: 'something is wrong', actor };
      await app.transaction((trx) => setFreeze(trx, asked, `freeze/${id}`));
      return id;
    },
    lift: async (id) => {
      const approvalId = await agreed(admin, 'lift', id);
      await app.transaction((trx) => liftFreeze(trx, id, approvalId));
    },
    close: async () => {
      await Promise.all([app.destroy(), signer.destroy(), admin.destroy()]);
      await database.drop();
    },
  };
}

/** Signatures of a stopped kind that are newer than the freeze, and older than its end. */
export async function signedWhileFrozen(db: Knex): Promise<readonly unknown[]> {
  const { rows } = await db.raw<{ rows: readonly unknown[] }>(`
    SELECT m.id, m.kind, f.scope, a.created_at, f.frozen_at, f.lifted_at FROM chain.attempt a
    JOIN chain.message m ON m.id = a.message_id
    JOIN freeze_stop s ON s.message_kind = m.kind
    JOIN freezes f ON f.scope = s.scope
      AND (f.customer_id IS NULL OR f.customer_id = freeze_customer_of(m.subject_kind, m.subject_id))
    WHERE a.created_at > f.frozen_at AND (f.lifted_at IS NULL OR a.created_at < f.lifted_at)`);
  return rows;
}

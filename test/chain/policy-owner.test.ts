/** The owner role comes to the loan's own escrow and goes back to nobody but the owner who signed its proof. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { newKey, signText } from '../../bin/wallet-actions';
import { changeOwnerParams } from '../../chain/method';
import { ownerProofText } from '../../chain/owner-proof';
import { checkApproval } from '../../chain/policy';
import { checkOwnerRole, type OwnerSight } from '../../chain/policy-owner';
import { makeKnex } from '../../db/knex';
import type { StoredMessage } from '../../db/message';
import { addressFrom } from '../../domain/address';
import { post } from '../../ledger/post';
import { atto } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import type { RefusalError } from '../../domain/refusal';
import { freshDatabase, type TestDatabase } from '../support/database';

const MINER = addressFrom('f01000');
const ESCROW_ID = addressFrom('f01234');
const OWNER_ID = addressFrom('f01111');
const STRANGER_ID = addressFrom('f06666');
const owner = newKey('f');
const escrow = newKey('f').address;

let database: TestDatabase;
let signer: Knex;
let app: Knex;
let admin: Knex;
beforeAll(async () => {
  database = await freshDatabase();
  [signer, app, admin] = [database.signerUrl, database.appUrl, database.adminUrl].map((url) =>
    makeKnex(url),
  ) as [Knex, Knex, Knex];
  await admin('registration').insert({ email: 'b@example.test', customer_id: 'borrower' });
  await admin('customer').insert({ id: 'borrower', email: 'b@example.test', state: 'open' });
});
afterAll(async () => {
  await Promise.all([signer.destroy(), app.destroy(), admin.destroy()]);
  await database.drop();
});

interface Facts {
  readonly state: string;
  readonly approval: 'waiting' | 'accepted';
  readonly proofBy: ReturnType<typeof newKey>;
  readonly proofFor: string;
}

let loans = 0;

/** A loan in the given state; its miner is its own, as one miner has one open loan. */
async function aLoan(change: Partial<Facts> = {}): Promise<string> {
  const facts: Facts = {
    ...{ state: 'settled', approval: 'accepted', proofBy: owner, proofFor: MINER },
    ...change,
  };
  const id = `l${++loans}`;
  const text = ownerProofText({
    ...{ network: 'devnet', loanId: id, miner: addressFrom(facts.proofFor), nonce: id, expiryEpoch: 9 },
  });
  await admin('approval').insert({
    ...{ id, kind: 'loan', subject_kind: 'loan', subject_id: id, workflow_id: `loan/${id}`, quorum: 1 },
    ...{ subject: { loan: id, miner: MINER, amount: '2' }, maker_id: 'm' },
    subject_hash: createHash('sha256').update(id).digest('hex'),
    ...(facts.approval === 'accepted' ? { state: 'accepted', closed_at: new Date() } : {}),
  });
  await admin('owner_challenge').insert({
    ...{ loan_id: id, customer_id: 'borrower', miner: MINER, nonce: id, text, expiry_epoch: 9 },
  });
  await admin.raw('DROP INDEX IF EXISTS loan_one_open_a_miner');
  await admin.raw('ALTER TABLE loan DROP CONSTRAINT IF EXISTS loan_escrow_address_key');
  await admin('loan').insert({
    ...{ id, borrower_id: 'borrower', miner: MINER, amount: '2', term_epochs: 10, pool_id: 'flexible' },
    ...{ bucket: 'standard', state: facts.state, owner_before: OWNER_ID, approval_id: id },
    ...{ escrow_address: escrow, escrow_id_address: `${ESCROW_ID}${loans}`, repayment_address: `r${id}` },
    ...{ proof_address: owner.address, proof_signature: signText(facts.proofBy, text) },
  });
  return id;
}

const SIGHT: OwnerSight = { sender: ESCROW_ID, prover: OWNER_ID };

/** Asks as the signer's own database role; null where it would sign. */
async function faultOf(
  change: Partial<StoredMessage>,
  sight: OwnerSight | null = SIGHT,
): Promise<string | null> {
  const message = {
    ...{ kind: 'owner-propose', from: escrow, to: MINER, params: changeOwnerParams(OWNER_ID) },
    ...{ subjectKind: 'loan' },
    ...change,
  } as StoredMessage;
  return signer
    .transaction((trx) => checkOwnerRole(trx, message, sight))
    .then(
      () => null,
      (error: unknown) => (error as Error).message,
    );
}

const confirm = { kind: 'owner-confirm', params: changeOwnerParams(ESCROW_ID) } as const;

test('of a settled loan the role goes back to the owner who signed its proof, and to nobody else', async () => {
  const subjectId = await aLoan();
  expect(await faultOf({ subjectId })).toBeNull();
  expect(await faultOf({ subjectId, params: changeOwnerParams(STRANGER_ID) })).toContain('another owner');
  expect(await faultOf({ subjectId }, { ...SIGHT, prover: STRANGER_ID })).toContain('another owner');
  expect(await faultOf({ subjectId }, null)).toContain('another owner');
  expect(await faultOf({ subjectId, from: owner.address })).toContain('escrow address');
  expect(await faultOf({ subjectId, to: addressFrom('f01001') })).toContain('another miner');
  expect(await faultOf({ subjectId: 'none' })).toContain('no such loan');
  expect(await faultOf({ subjectId, subjectKind: 'sweep' })).toContain('no such loan');
});

test.each([
  ['signed by another key', { proofBy: newKey('f') }],
  ['signed for another miner', { proofFor: 'f01999' }],
])('a proof %s is none', async (_, change) => {
  expect(await faultOf({ subjectId: await aLoan(change) })).toContain("no valid owner's proof");
});

test.each(['active', 'overdue', 'disbursing', 'escrow_confirmed'])(
  'a loan that is %s keeps the role',
  async (state) => {
    expect(await faultOf({ subjectId: await aLoan({ state }) })).toBe(`The loan is ${state}.`);
  },
);

test('a row that calls a loan settled does not help while its principal stands in the books', async () => {
  const subjectId = await aLoan();
  const move = (key: string, back: boolean): Promise<unknown> => {
    const [from, to] = [debit, credit];
    const postings = back
      ? [from('custody.hot', 'h', atto(2n)), to('loan.principal', subjectId, atto(2n))]
      : [from('loan.principal', subjectId, atto(2n)), to('custody.hot', 'h', atto(2n))];
    const journal = { key, kind: 'test', asset: 'FIL' as const, effectiveEpoch: 1, workflowId: 'test' };
    return app.transaction((trx) => post(trx, { ...journal, postings }));
  };
  await app.transaction((trx) =>
    post(trx, {
      ...{ key: 'equity', kind: 'test', asset: 'FIL' as const, effectiveEpoch: 1, workflowId: 'test' },
      postings: [debit('custody.hot', 'h', atto(2n)), credit('equity', '', atto(2n))],
    }),
  );
  await move('lend', false);
  expect(await faultOf({ subjectId })).toContain('still lent');
  await move('repay', true);
  expect(await faultOf({ subjectId })).toBeNull();
});

test('nor while a disbursement is signed and not final', async () => {
  const subjectId = await aLoan({ state: 'returning' });
  await admin('chain.address').insert({
    ...{ address: `hot-${subjectId}`, bytes: Buffer.from(subjectId), kind: 'hot' },
    ...{ owner_kind: 'platform', owner_id: subjectId, derivation_account: 1, derivation_index: 0 },
  });
  await admin('chain.message').insert({
    ...{ id: subjectId, workflow_id: `message/${subjectId}`, kind: 'disburse', method: 0, value: '2' },
    ...{ from_address: `hot-${subjectId}`, to_address: MINER, subject_kind: 'loan', subject_id: subjectId },
    ...{ summary: 'Lend', state: 'pushed', approval_id: subjectId, signed_at: new Date() },
  });
  expect(await faultOf({ subjectId })).toContain('on its way');
});

test('the role is taken by the escrow itself, for an approved loan', async () => {
  const subjectId = await aLoan({ state: 'escrow_proposed' });
  expect(await faultOf({ ...confirm, subjectId })).toBeNull();
  expect(await faultOf({ ...confirm, subjectId }, { ...SIGHT, sender: STRANGER_ID })).toContain(
    'another owner',
  );
  expect(await faultOf({ ...confirm, subjectId, params: changeOwnerParams(STRANGER_ID) })).toContain(
    'another owner',
  );
  const waiting = await aLoan({ state: 'escrow_proposed', approval: 'waiting' });
  expect(await faultOf({ ...confirm, subjectId: waiting })).toContain('not approved');
});

test('other kinds of messages are not its matter', async () => {
  expect(await faultOf({ kind: 'sweep', subjectId: 'none' })).toBeNull();
});

/** Asks whether a loan's disbursement would be signed, as the signer's own role. */
async function aDisbursement(): Promise<() => Promise<string>> {
  const subjectId = await aLoan({ state: 'disbursing' });
  const message = {
    ...{ id: 'd', kind: 'disburse', to: MINER, value: 2n, everything: false, approvalId: subjectId },
    ...{ subjectKind: 'loan', subjectId },
  } as unknown as StoredMessage;
  return () =>
    signer
      .transaction((trx) => checkApproval(trx, message))
      .then(
        () => 'signed',
        (error: unknown) => (error as RefusalError).code,
      );
}

test('no disbursement is signed that would leave less idle than the liquidity reserve', async () => {
  const ask = await aDisbursement();
  const pool = admin('pool').where({ id: 'flexible' });
  // 100 deposited, 2 of them set aside for this loan: 5 % stay idle.
  await pool.clone().update({ cash: '5', committed: '2', principal: '93' });
  expect(await ask()).toBe('signed');
  await pool.clone().update({ cash: '4', committed: '2', principal: '93' });
  expect(await ask()).toBe('liquidity-reserve');
  await pool.clone().update({ cash: '0', committed: '0', principal: '0' });
});

test('no disbursement is signed while depositors wait for their money', async () => {
  const ask = await aDisbursement();
  const queue = admin('redemption_queue').where({ pool_id: 'flexible' });
  expect(await ask()).toBe('signed');
  await queue.clone().update({ placed: 1, waiting: 1 });
  expect(await ask()).toBe('redemptions-waiting');
  await queue.clone().update({ passed: 1, waiting: 0 });
  expect(await ask()).toBe('signed');
});

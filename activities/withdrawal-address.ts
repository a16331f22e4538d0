/** The addresses that customers list for withdrawals: looked at on the chain, proved, listed, removed. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { examinePayee, type Payee } from '../chain/payee';
import { addressProofText, checkAddressProof } from '../chain/withdrawal-proof';
import { readPolicy } from '../db/policy';
import { watchList } from '../db/watched';
import {
  insertWithdrawalAddress,
  isListed,
  lockWithdrawalAddress,
  updateWithdrawalAddress,
  type WithdrawalAddressRequest,
  type WithdrawalAddressRow,
  type WithdrawalAddressState,
} from '../db/withdrawal-address';
import { databaseTime, usableSince } from '../db/withdrawal-check';
import { addressFrom, parseAddress } from '../domain/address';
import { isRefusal, RefusalError, type RefusalCode } from '../domain/refusal';
import { releaseWithdrawalsTo } from '../ledger/withdrawal';
import { refusing } from './refusal';

export interface WithdrawalAddressDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly config: { readonly lotus: { readonly finalityEpochs?: number | null | undefined } };
}

/** Where an address stands, for its workflow. */
export interface WithdrawalAddressStanding {
  readonly state: WithdrawalAddressState;
  readonly code: RefusalCode | null;
  /** As it is paid; before that is known as the customer wrote it. */
  readonly address: string;
  readonly proven: boolean;
  /** From when on it may be used, RFC 3339, and how long that is yet; null while it is not listed. */
  readonly usableFrom: string | null;
  readonly coolMs: number;
}

async function standingOf(db: Knex, row: WithdrawalAddressRow): Promise<WithdrawalAddressStanding> {
  const { policy } = await readPolicy(db, 'withdrawal');
  const since = await usableSince(db, policy, row);
  return {
    state: row.state,
    code: row.refusal,
    address: row.address ?? row.given,
    proven: row.proven,
    usableFrom: since === null ? null : new Date(since).toISOString(),
    coolMs: since === null ? 0 : Math.max(0, since - (await databaseTime(db))),
  };
}

const inside = (
  knex: Knex,
  id: string,
  act: (trx: Knex.Transaction, row: WithdrawalAddressRow) => Promise<void>,
) =>
  knex.transaction(async (trx) => {
    await act(trx, await lockWithdrawalAddress(trx, id));
    return standingOf(trx, await lockWithdrawalAddress(trx, id));
  });

/** What is there at the finalised tipset. @throws RefusalError address-*, service-unavailable */
async function payeeOf({ knex, lotus, config }: WithdrawalAddressDeps, given: string): Promise<Payee> {
  const address = parseAddress(given, (await lotus.network()).prefix);
  if (isRefusal(address)) throw new RefusalError(address.refusal, address.detail);
  const list = await watchList(knex);
  if (list.find(address) !== null) throw new RefusalError('address-own');
  const { finalityEpochs = null } = config.lotus;
  const final = await lotus.finalizedTipset({ finalityEpochs });
  if (final === null) throw new Error('nothing is final on the chain yet');
  const payee = await examinePayee(lotus, address, final.key);
  if (isRefusal(payee)) throw new RefusalError(payee.refusal, payee.detail);
  // one of ours by its ID, before the books know that
  if (list.find(payee.address) !== null) throw new RefusalError('address-own');
  return payee;
}

async function accept(
  trx: Knex.Transaction,
  row: WithdrawalAddressRow,
  payee: Payee,
  network: string,
): Promise<void> {
  const { address } = payee;
  // Requests of one customer queue here, so that the second sees the first and not a broken index.
  await trx.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [`withdrawal-address/${row.customer_id}`]);
  if (await isListed(trx, row.customer_id, address, row.id)) throw new RefusalError('address-listed');
  const found = { address, actor: payee.kind ?? 'none' };
  const nonce = randomBytes(16).toString('hex');
  const challenge = addressProofText({ network, addressId: row.id, address, nonce });
  const next = payee.proof
    ? { state: 'challenged', challenge }
    : { state: 'listed', listed_at: trx.fn.now() };
  await updateWithdrawalAddress(trx, row.id, { ...found, ...next });
}

async function examine(
  deps: WithdrawalAddressDeps,
  request: WithdrawalAddressRequest,
): Promise<WithdrawalAddressStanding> {
  const { knex, lotus } = deps;
  const { addressId } = request;
  await insertWithdrawalAddress(knex, request);
  try {
    const payee = await payeeOf(deps, request.address);
    const { name } = await lotus.network();
    return await inside(knex, addressId, async (trx, row) => {
      if (row.state === 'asked') await accept(trx, row, payee, name);
    });
  } catch (error) {
    if (!(error instanceof RefusalError)) throw error;
    return inside(knex, addressId, async (trx, row) => {
      if (row.state !== 'asked') return;
      const refused = { state: 'refused', refusal: error.code, remove_reason: error.message };
      await updateWithdrawalAddress(trx, addressId, { ...refused, closed_at: trx.fn.now() });
    });
  }
}

/** Activities of the queue `ledger`. */
export function makeWithdrawalAddressActivities({ knex }: { readonly knex: Knex }) {
  return {
    readWithdrawalAddress: (addressId: string): Promise<WithdrawalAddressStanding> =>
      inside(knex, addressId, () => Promise.resolve()),

    /** Lists it where its key signed the text. Refusals: address-proof-invalid, wrong-state. */
    proveWithdrawalAddress: refusing((input: { readonly addressId: string; readonly signature: string }) =>
      inside(knex, input.addressId, async (trx, row) => {
        if (row.state === 'listed' && row.signature === input.signature) return;
        if (row.state !== 'challenged' || row.address === null || row.challenge === null)
          throw new RefusalError('wrong-state', `The address is ${row.state}.`);
        const fault = checkAddressProof(addressFrom(row.address), row.challenge, input.signature);
        if (fault !== null) throw new RefusalError(fault.refusal, fault.detail);
        const listed = { state: 'listed', signature: input.signature, proven: true };
        await updateWithdrawalAddress(trx, row.id, { ...listed, listed_at: trx.fn.now() });
      }),
    ),

    /**
     * Takes it off the list, with what waits for it given back; or gives up what nobody signed for. Refusals: wrong-state.
     */
    closeWithdrawalAddress: refusing(
      (input: {
        readonly addressId: string;
        readonly state: 'removed' | 'expired';
        readonly by: string | null;
        readonly reason: string;
      }) =>
        inside(knex, input.addressId, async (trx, row) => {
          if (row.state === input.state) return;
          if (row.state !== 'challenged' && row.state !== 'listed')
            throw new RefusalError('wrong-state', `The address is ${row.state}.`);
          await updateWithdrawalAddress(trx, row.id, {
            state: input.state,
            removed_by: input.by,
            remove_reason: input.reason,
            closed_at: trx.fn.now(),
          });
          await releaseWithdrawalsTo(trx, row.id, input.by ?? 'platform');
        }),
    ),
  };
}

/** Activities of the queue `chain`. */
export function makeWithdrawalAddressChainActivities(deps: WithdrawalAddressDeps) {
  return {
    /** Writes the request down and judges it by the finalised chain; refused, challenged or listed. Once. */
    examineWithdrawalAddress: (request: WithdrawalAddressRequest): Promise<WithdrawalAddressStanding> =>
      examine(deps, request),
  };
}

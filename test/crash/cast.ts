/** Borrowers with their miners and the staff, played against real processes through Updates and signed messages. */
import { randomUUID } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { keyOf, newKey, sendMessage, signText, type Key } from '../../bin/wallet-actions';
import { makeAddressActivities } from '../../activities/address';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { readCursor } from '../../db/clock';
import type { LoanRow } from '../../db/loan';
import { addressFrom, type Address } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { isRefusal } from '../../domain/refusal';
import { decide, standing, workflowIds, type Decision } from '../../workflows/handles';
import {
  applyForLoan,
  challengeWorkflowId,
  forwardLoan,
  repayFromMiner,
  type ForwardRequest,
} from '../../workflows/handles-loan';
import type { ownerChallenge } from '../../workflows/loan-challenge';
import type { reconciliation } from '../../workflows/reconciliation';
import type { subscription } from '../../workflows/subscription';
import type { Processes } from './processes';

export const LENT = coins(100n);
const POOL = coins(5_000n);
const HOT = coins(10_000n);
const MAKER = { id: 'maker', role: 'operator' };
const CHECKER = { id: 'checker', role: 'checker' };

/** A borrower and the one loan. */
export interface Borrower {
  readonly loanId: string;
  readonly customerId: string;
  readonly miner: Address;
  readonly owner: Key;
  /** What the miner had available before the loan, attoFIL. */
  readonly brought: bigint;
}

export interface Cast {
  readonly hot: Address;
  /** A customer whose account is open. */
  readonly customer: (id: string) => Promise<void>;
  /** FIL from outside to the customer's deposit address, credited when final; gives the address. */
  readonly pay: (customerId: string, atto: bigint) => Promise<Address>;
  readonly available: (customerId: string) => Promise<bigint>;
  /** Leads a new loan to the state 'in_approval', 'escrow_offered' or 'active'. */
  readonly loan: (to: 'in_approval' | 'escrow_offered' | 'active') => Promise<Borrower>;
  /** A checker accepts; resolves when the loan's workflow has taken the decision, which it then carries out. */
  readonly accept: (borrower: Borrower) => Promise<void>;
  /** The borrower names our escrow as the miner's owner; resolves when executed. */
  readonly propose: (borrower: Borrower) => Promise<void>;
  readonly repay: (borrower: Borrower) => Promise<void>;
  /** The borrower takes the owner role back. */
  readonly takeBack: (borrower: Borrower) => Promise<void>;
  readonly row: (borrower: Borrower) => Promise<LoanRow>;
  readonly reached: (borrower: Borrower, ...states: readonly string[]) => Promise<void>;
  /** Compares every address with the chain, and the books with themselves. */
  readonly reconcile: () => Promise<{ outcome: string }>;
}

/** Lets the chain flow once the books have begun, and fills the hot wallet and the pool. */
export async function makeCast(product: Processes): Promise<Cast> {
  const { knex, lotus, client, devnet, until } = product;
  const address = await knex<{ address: string; kind: string }>('chain.address')
    .where({ kind: 'hot' })
    .first();
  if (address === undefined) throw new Error('the signer has made no hot wallet');
  const hot = addressFrom(address.address);
  const cast = { ...people(product), ...borrowers(product), hot };
  // The books begin at the finalised tipset of chain-watch's first look: money that is final before is nobody's.
  await until('the books to begin', () => readCursor(knex));
  await product.flow();
  await devnet.control('Devnet.Fund', hot, HOT.toString());
  await cast.customer('depositor');
  await cast.pay('depositor', POOL);
  await until('the deposit', async () => ((await cast.available('depositor')) === POOL ? true : null));
  const booked = await client.workflow.execute<typeof subscription>('subscription', {
    taskQueue: 'core',
    workflowId: workflowIds.subscription('s1'),
    args: [{ subscriptionId: 's1', customerId: 'depositor', poolId: 'flexible', amount: attoText(POOL) }],
  });
  if (booked.outcome !== 'booked') throw new Error(`the subscription was ${booked.code}`);
  await lotus.network();
  return cast;
}

function people({ knex, lotus, client, devnet }: Processes) {
  return {
    customer: async (id: string): Promise<void> => {
      const email = `${id}@example.com`;
      await knex('registration').insert({ email, customer_id: id });
      await knex('customer').insert({ id, email, state: 'open' });
    },
    pay: async (customerId: string, atto: bigint): Promise<Address> => {
      const { address } = await makeAddressActivities({ knex, lotus }).assignDepositAddress({ customerId });
      await devnet.control('Devnet.Fund', address, atto.toString());
      return address;
    },
    available: async (customerId: string): Promise<bigint> => {
      const { rows } = await knex.raw<{ rows: { balance: string }[] }>(
        `SELECT (b.credits_posted - b.debits_posted)::text AS balance FROM ledger.account a
         JOIN ledger.balance b ON b.account_id = a.id WHERE a.code = 'customer.available' AND a.owner = ?`,
        [customerId],
      );
      return BigInt(rows[0]?.balance ?? '0');
    },
    reconcile: (): Promise<{ outcome: string }> => {
      const id = randomUUID();
      return client.workflow.execute<typeof reconciliation>('reconciliation', {
        taskQueue: 'core',
        workflowId: workflowIds.reconciliation(id),
        args: [{ id }],
      });
    },
  };
}

type Borrowers = Omit<Cast, 'hot' | 'customer' | 'pay' | 'available' | 'reconcile'>;

function borrowers(product: Processes): Borrowers {
  const { knex, lotus, until, devnet } = product;
  const row = async ({ loanId }: Pick<Borrower, 'loanId'>): Promise<LoanRow> => {
    const found = await knex<LoanRow>('loan').where({ id: loanId }).first();
    if (found === undefined) throw new Error(`there is no loan ${loanId}`);
    return found;
  };
  const handle = ({ loanId }: Borrower) => product.client.workflow.getHandle(workflowIds.loan(loanId));
  const reached = async (borrower: Borrower, ...states: readonly string[]): Promise<void> => {
    // The workflow's own word: what it may be asked next depends on it, and it comes after the database's.
    await until(`the loan to be ${states.join(' or ')}`, async () =>
      states.includes((await handle(borrower).query(standing)).state) ? true : null,
    );
  };
  const asOwner = async ({ owner, miner }: Borrower, newOwner: Address): Promise<void> => {
    const params = changeOwnerParams(newOwner);
    const sent = await sendMessage({
      lotus,
      key: owner,
      to: miner,
      value: 0n,
      method: METHOD.changeOwner,
      params,
    });
    if (sent.exitCode !== 0) throw new Error(`ChangeOwner of ${miner} failed with ${sent.exitCode}`);
  };
  /** An Update under an id of its own, sent again where its workflow task was lost on a slow machine. */
  const taken = async (what: string, update: () => Promise<unknown>): Promise<void> => {
    await until(what, async () => {
      await update();
      return true;
    });
  };
  const accept = async (borrower: Borrower): Promise<void> => {
    const { approval_id: approvalId } = await row(borrower);
    const approval = await knex<{ id: string; subject_hash: string }>('approval')
      .where({ id: approvalId ?? '' })
      .first();
    const decision = { approvalId: approvalId ?? '', subjectHash: approval?.subject_hash ?? '' };
    const verdict = { decision: 'accept' as const, reason: 'collateral checked', actor: CHECKER };
    const args: [Decision] = [{ ...decision, ...verdict }];
    await handle(borrower).startUpdate(decide, { args, waitForStage: 'ACCEPTED' });
  };
  const propose = async (borrower: Borrower): Promise<void> =>
    asOwner(borrower, addressFrom((await row(borrower)).escrow_id_address ?? ''));
  return {
    row,
    reached,
    accept,
    propose,
    repay: async (borrower) => {
      const actor = { id: borrower.customerId, role: 'customer' };
      await taken('the wish to repay', () =>
        handle(borrower).executeUpdate(repayFromMiner, { args: [{ actor }], updateId: 'repay' }),
      );
    },
    takeBack: async (borrower) => asOwner(borrower, addressFrom((await row(borrower)).owner_before ?? '')),
    loan: async (to) => {
      const borrower = await apply(product, devnet);
      await reached(borrower, 'preflight');
      const args: [ForwardRequest] = [{ actor: MAKER, reason: 'income checked' }];
      await taken('the forwarding', () =>
        handle(borrower).executeUpdate(forwardLoan, { args, updateId: 'forward' }),
      );
      if (to === 'in_approval') return borrower;
      await accept(borrower);
      await reached(borrower, 'escrow_offered');
      if (to === 'escrow_offered') return borrower;
      await propose(borrower);
      await reached(borrower, 'active');
      return borrower;
    },
  };
}

/** A new customer with a new miner asks for a challenge, signs it as the owner and applies. */
async function apply(product: Processes, devnet: Processes['devnet']): Promise<Borrower> {
  const { client, lotus } = product;
  const [loanId, owner] = [randomUUID(), newKey((await lotus.network()).prefix)];
  const customerId = `borrower-${loanId.slice(0, 8)}`;
  await people(product).customer(customerId);
  await devnet.control('Devnet.Fund', owner.address, coins(5n).toString());
  const miner = { Owner: owner.address, Available: coins(10n).toString(), Power: String(2 ** 40) };
  const id = addressFrom(String(await devnet.control('Devnet.CreateMiner', miner)));
  const challenge = await product.until('the miner to be final', async () => {
    const answer = await client.workflow.execute<typeof ownerChallenge>('ownerChallenge', {
      taskQueue: 'core',
      workflowId: challengeWorkflowId(loanId),
      args: [{ loanId, customerId, miner: id }],
    });
    return isRefusal(answer) ? null : answer;
  });
  const signed = keyOf(owner.privateKeyHex, owner.address);
  const operation = new WithStartWorkflowOperation('loan', {
    workflowId: workflowIds.loan(loanId),
    taskQueue: 'core',
    args: [{ loanId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await client.workflow.executeUpdateWithStart(applyForLoan, {
    args: [
      {
        borrowerId: customerId,
        miner: id,
        amount: attoText(LENT),
        termEpochs: 500_000,
        poolId: 'flexible',
        proof: { address: owner.address, signature: signText(signed, challenge.text) },
      },
    ],
    startWorkflowOperation: operation,
  });
  return { loanId, customerId, miner: id, owner, brought: await lotus.minerAvailable(id, []) };
}

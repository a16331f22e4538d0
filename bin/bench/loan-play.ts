/** One loan, as borrower and staff play it through the API and the chain. Everything differs by `n` alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { addressFrom } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { ProblemError, textOf, type Session } from '../demo/http';
import type { Staff } from '../demo/play';
import { newKey, sendMessage, signText, type Key } from '../wallet-actions';
import type { Bank } from './loan-bank';
import type { Board } from './loan-board';
import type { Site } from './loan-site';

export const LENT = coins(100n);
const INCOME = coins(2n);
/** Pays the interest when the rest is repaid. */
const IN_MINER = coins(10n);
const OWNER_GAS = coins(1n);
const TERM_EPOCHS = 518_400;
/** How the pool says that it has nothing to lend. */
const SHORT: readonly string[] = ['pool-cash-short', 'liquidity-reserve'];

export interface Ready {
  readonly n: number;
  readonly session: Session;
  readonly owner: Key;
  readonly miner: string;
}

/** The key of a miner's owner, with gas money. */
export async function prepareOwner(site: Site, bank: Bank): Promise<Key> {
  const owner = newKey(site.prefix);
  await bank.pay(owner.address, OWNER_GAS);
  return owner;
}

/** A borrower with a miner of their own. */
export async function prepare(site: Site, owner: Key, n: number): Promise<Ready> {
  const terms = { Owner: owner.address, Available: attoText(IN_MINER) };
  const miner = String(await site.control('Devnet.CreateMiner', terms));
  return { n, session: await site.customer(`borrower-${n}`, n), owner, miner };
}

function staffOf({ staff }: Site, n: number): Staff {
  const found = staff[n % staff.length];
  if (found === undefined) throw new Error('nobody is signed in');
  return found;
}

/** Applies with the owner's signature; gives the loan's id. */
export async function apply({ session, miner, owner }: Ready): Promise<string> {
  const challenge = await session.post('/v1/loans/challenges', { miner });
  const signature = signText(owner, textOf(challenge['text']));
  const answer = await session.post('/v1/loans', {
    loanId: challenge['loanId'],
    miner,
    amount: LENT.toString(),
    termEpochs: TERM_EPOCHS,
    poolId: 'flexible',
    proof: { address: owner.address, signature },
  });
  return textOf(answer['id']);
}

const INSIST = { times: 120, everyMs: 1_000 } as const;

/** The database is ahead of the workflow for a moment: what is refused for the state is asked again, as people do. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let n = 1; ; n += 1) {
    try {
      return await call();
    } catch (error) {
      const early = error instanceof ProblemError && ['wrong-state', 'nothing-to-repay'].includes(error.code);
      if (!early || n === INSIST.times) throw error;
      await delay(INSIST.everyMs);
    }
  }
}

/** Two people decide, each at another API process; false where the pool is short of cash and the loan is refused. */
async function decide(site: Site, board: Board, id: string, n: number): Promise<boolean> {
  await board.until(id, 'for its pre-flight', ({ state, judged }) => state === 'preflight' && judged);
  const { maker } = staffOf(site, n);
  await insist(() => maker.post(`/admin/v1/loans/${id}/forward`, { reason: 'Pre-flight passed' }));
  const { approval } = await board.until(id, 'for its approval', (loan) => loan.approval !== null);
  const { checker } = staffOf(site, n + 1);
  const path = `/admin/v1/approvals/${approval ?? ''}`;
  const { subjectHash } = await checker.get(path);
  try {
    await insist(() => checker.post(`${path}/accept`, { reason: 'Good', subjectHash }));
    return true;
  } catch (error) {
    if (!(error instanceof ProblemError) || !SHORT.includes(error.code)) throw error;
    await checker.post(`${path}/refuse`, { reason: 'The pool is short of cash', subjectHash });
    return false;
  }
}

/** The owner signs a change of owner to `to` and waits until it is executed. */
export async function changeOwner(site: Site, { owner, miner }: Ready, to: string): Promise<void> {
  const params = changeOwnerParams(addressFrom(to));
  const call = { to: miner, value: 0n, method: METHOD.changeOwner, params };
  const sent = await sendMessage({ lotus: site.lotus, key: owner, ...call });
  if (sent.exitCode !== 0) throw new Error(`ChangeOwner of ${miner} ended with ${String(sent.exitCode)}`);
}

export type Ended = 'closed' | 'refused';

/** From application to the owner role's return, or to the refusal for want of cash. */
export async function playLoan(site: Site, bank: Bank, board: Board, ready: Ready): Promise<Ended> {
  const { n, session, miner, owner } = ready;
  const id = await apply(ready);
  if (!(await decide(site, board, id, n))) {
    await board.until(id, 'to be rejected', ({ state }) => state === 'rejected');
    return 'refused';
  }
  const { escrow } = await board.until(id, 'for its offer', ({ state }) => state === 'escrow_offered');
  await changeOwner(site, ready, escrow ?? '');
  await board.until(id, 'for its FIL', ({ state }) => state === 'active');
  await bank.pay(miner, INCOME);
  await board.until(id, 'for a sweep', ({ sweeps }) => sweeps > 0);
  await insist(() => session.post(`/v1/loans/${id}/repay-from-miner`, {}));
  await board.until(id, 'for its owner role', ({ proposedBack }) => proposedBack);
  const back = await site.lotus.lookupId(owner.address, []);
  await changeOwner(site, ready, back ?? '');
  await board.until(id, 'to be closed', ({ state }) => state === 'closed');
  return 'closed';
}

/** What a borrower sends at an exact moment: seen by nobody who looks at final tipsets, in force when we act. */
import type { Key } from '../../bin/wallet-actions';
import { changeBeneficiaryParams, METHOD } from '../../chain/method';
import { coins } from '../../domain/money';
import { waitFor } from '../../stack/wait';
import type { Borrower, Call, Counterparty } from './world';

type Mine = (n: number) => Promise<void>;

/** Pushes, makes the epochs that include and execute it, and checks that it took effect. */
export async function land(world: Counterparty, mine: Mine, key: Key, to: string, call: Call): Promise<void> {
  const { lotus } = world;
  const nonce = await lotus.mpoolNonce(key.address);
  const sent = world.send(key, to, call);
  const pushed = async (): Promise<true | undefined> =>
    (await lotus.mpoolNonce(key.address)) > nonce ? true : undefined;
  await Promise.race([sent, waitFor(pushed, { what: `a message of ${key.address}`, timeoutMs: 60_000 })]);
  await mine(2);
  await sent;
}

/** Names another beneficiary for the miner; two messages, as the nominee must agree. */
export async function giveAway(
  who: Borrower,
  land: (key: Key, call: Call) => Promise<unknown>,
): Promise<string> {
  const nominee = who.friend;
  const params = changeBeneficiaryParams(nominee.id, coins(500n), 900_000n);
  const call = { method: METHOD.changeBeneficiary, params };
  await land(who.owner, call);
  await land(nominee.key, call);
  return nominee.id;
}

/**
 * The borrower proposes the escrow and does something else right after. Then the chain stands where the proposal is
 * final and the other thing is not yet, until the loan has moved on.
 */
export async function proposeAnd(
  world: Counterparty,
  who: Borrower,
  then: (mine: Mine) => Promise<unknown>,
  becomes: 'escrow_proposed' | 'escrow_offered' = 'escrow_proposed',
): Promise<void> {
  const { escrow_id_address } = await world.inState(who, 'escrow_offered');
  await world.byHand(async (mine) => {
    const propose = world.propose(who, escrow_id_address);
    const { lotus } = world;
    const pending = async (): Promise<true | undefined> => {
      await mine(1);
      return (await lotus.minerPendingOwner(who.miner, [])).pending === escrow_id_address ? true : undefined;
    };
    await waitFor(pending, { what: 'the proposal', timeoutMs: 60_000 });
    const proposed = (await lotus.chainHead()).height;
    await propose;
    await then(mine);
    const { height } = await lotus.chainHead();
    await mine(Math.max(0, proposed + 11 - height));
    await world.inState(who, becomes);
  });
}

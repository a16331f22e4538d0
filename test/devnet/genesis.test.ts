/** A genesis of more accounts than there are ids below the miners: each has its money, and f01000 stays a miner. */
import { robustOf } from '../../devnet/chain/execute';
import { parseAddress } from '../../devnet/address';
import { genesisState } from '../../devnet/genesis';
import { actorAt, actorById, FIRST_MINER_ID } from '../../devnet/vm/state';

test('1,200 allocations and two miners', () => {
  const names = Array.from({ length: 1_203 }, (_, n) => robustOf(5_000 + n));
  const [faucet = '', worker = '', owner = '', ...others] = names;
  const state = genesisState({
    ...{ time: 0, faucet, worker },
    allocations: others.map((address, n) => ({ address, amount: String(n + 1) })),
    miners: [{ owner, worker, available: '5' }],
  });
  expect(others.map((address) => actorAt(state, parseAddress(address))?.balance)).toEqual(
    others.map((_, n) => BigInt(n + 1)),
  );
  expect(actorById(state, FIRST_MINER_ID)?.miner).not.toBeNull();
  expect(actorById(state, FIRST_MINER_ID + 1)?.miner).not.toBeNull();
});

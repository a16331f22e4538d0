/** The list of a customer's addresses, in the world of the workflow tests. */
import { newKey, signText } from '../../bin/wallet-actions';
import { printAddress } from '../../domain/address';
import { findWithdrawalAddress } from '../../db/withdrawal-address';
import { look, standing, workflowIds } from '../../workflows/handles';
import { proveAddress, removeAddress } from '../../workflows/handles-withdrawal';
import { codeOf, hotFrozen, keep, waitingDraft } from './play';
import { FIL, type Handle, type World } from './world';

const ETH = printAddress(
  Uint8Array.of(4, 10, ...Buffer.from('52963ef50e27e06d72d59fcb4f3c2a687be3cfef', 'hex')),
  'f',
);
const GONE = 'The address was taken off the list.';
const FAY = { actor: { id: 'fay', role: 'customer' }, reason: 'I lost its key' };

/** Registers the tests; `world` is there when they run. */
export function addressTests(world: () => World): void {
  describe('addresses', () => {
    let home: Awaited<ReturnType<World['listKey']>>;
    beforeAll(async () => {
      await world().policy();
      await world().customer('fay', 20n);
      home = await world().listKey('fay');
    });
    /** Chain-watch has it look, as it was told to. */
    async function told({ id }: Handle): Promise<void> {
      const workflowId = workflowIds.withdrawal(id);
      const owed: unknown[] = await world().chain.app('watch.look').where({ workflow_id: workflowId });
      expect(owed).toHaveLength(1);
      await world().client.workflow.getHandle(workflowId).signal(look);
    }
    const list = (address: string, customerId = 'fay') => world().list(world().client, customerId, address);

    test('refused, each by its code: ours under any name, miners, nothing there, another network, twice', async () => {
      const { chain } = world();
      const { address: deposit } = await chain.addresses.assignDepositAddress({ customerId: 'fay' });
      const hotId = String(await chain.lotus.lookupId(chain.hot, []));
      const miner = String(
        await chain.devnet.control('Devnet.CreateMiner', { Owner: home.key.address, Available: '1' }),
      );
      await world().settle();
      const wanted: [string, string][] = [
        [deposit, 'address-own'],
        [chain.hot, 'address-own'],
        [hotId, 'address-own'],
        [chain.escrow, 'address-own'],
        [miner, 'address-not-payable'],
        ['f0999999', 'address-not-payable'],
        ['f01', 'address-not-payable'],
        [home.key.address.replace(/^f/, 't'), 'address-other-network'],
        [home.key.address, 'address-listed'],
        [home.key.address.toUpperCase(), 'address-not-canonical'],
        ['0x52963ef50e27e06d72d59fcb4f3c2a687be3cfef', 'address-malformed'],
      ];
      for (const [address, code] of wanted) {
        const handle = await list(address);
        expect([address, await handle.result()]).toMatchObject([address, { state: 'refused', code }]);
        if (code === 'address-own') await keep(handle, 'withdrawal-address-refused');
      }
      await chain.fund(home.key.address, 1n);
      await world().settle();
      // An ID is paid as the key that it stands for.
      const id = String(await chain.lotus.lookupId(home.key.address, []));
      expect(await (await list(id)).result()).toMatchObject({ code: 'address-listed', address: id });
    });

    test('one that cannot sign is taken unproven, and one person is asked whatever the amount', async () => {
      const handle = await list(ETH);
      const row = await world().until('the address on the list', () =>
        world()
          .chain.app('withdrawal_address')
          .where({ id: handle.id })
          .whereNot({ state: 'asked' })
          .first<{ state: string } | undefined>(),
      );
      expect(row).toMatchObject({ state: 'listed', proven: false, actor: 'none' });
      const paid = await world().ask(world().client, {
        customerId: 'fay',
        addressId: handle.id,
        amount: FIL,
      });
      expect((await world().approval(paid.id)).quorum).toBe(1);
      const before = await world().available('fay');
      // Taken off the list meanwhile: the money is back at once, and nobody is asked any more.
      const approval = await world().approval(paid.id);
      await handle.executeUpdate(removeAddress, { args: [FAY] });
      expect(await world().available('fay')).toBe(before + FIL);
      expect(await handle.result()).toMatchObject({ state: 'removed' });
      expect(await world().chain.app('approval').where({ id: approval.id }).first('state')).toEqual({
        state: 'cancelled',
      });
      await told(paid);
      expect(await paid.result()).toMatchObject({ state: 'cancelled', reason: GONE });
      await keep(handle, 'withdrawal-address-removed');
    });

    test('taken off while a message to it waits for its signature: that is given up, the money back', async () => {
      const { app, admin } = world().chain;
      const gone = await world().listKey('fay');
      const before = await world().available('fay');
      const unfreeze = await hotFrozen(world());
      const wish = { customerId: 'fay', addressId: gone.id, amount: FIL };
      const paid = await world().ask(world().client, wish);
      const drafted = await waitingDraft(world(), paid);
      const handle = world().client.workflow.getHandle(workflowIds.withdrawalAddress(gone.id));
      await handle.executeUpdate(removeAddress, { args: [FAY] });
      await told(paid);
      expect(await paid.result()).toMatchObject({ state: 'cancelled', reason: GONE });
      await unfreeze();
      expect(await world().available('fay')).toBe(before);
      expect(await app('chain.message').where({ id: drafted }).first('state')).toEqual({
        state: 'cancelled',
      });
      expect(await admin('chain.nonce_slot').where({ message_id: drafted })).toEqual([]);
    });

    test('signed for by its key alone; then it cools down, and says when it may be used', async () => {
      await world().policy({ coolDownSeconds: 2 });
      const [key, other] = [newKey('f', 'bls'), newKey('f')];
      const handle = await list(key.address);
      const challenge = await world().until('the challenge', async () => {
        const row = await findWithdrawalAddress(world().chain.app, handle.id);
        return row?.challenge ?? undefined;
      });
      expect(challenge).toContain(` ${handle.id} ${key.address} `);
      const prove = (signature: string, id = 'fay') =>
        handle.executeUpdate(proveAddress, { args: [{ actor: { id, role: 'customer' }, signature }] });
      await world().until('the challenge in the story', async () =>
        (await handle.query(standing)).state === 'challenged' ? true : undefined,
      );
      expect(await codeOf(prove(signText(other, challenge)))).toBe('address-proof-invalid');
      expect(await codeOf(prove(signText(key, `${challenge}0`)))).toBe('address-proof-invalid');
      expect(await codeOf(prove(signText(key, challenge), 'eve'))).toBe('not-allowed');
      expect(await prove(signText(key, challenge))).toEqual({ state: 'listed' });
      const wish = { customerId: 'fay', addressId: handle.id, amount: FIL };
      // That it is refused before is test/withdrawal/database.test.ts, where no clock runs.
      await world().until('the mail that it may be used', () =>
        world()
          .chain.app('sent_mail')
          .where({ key: `withdrawal-address/${handle.id}/usable` })
          .first<{ key: string } | undefined>('key'),
      );
      const paid = await world().ask(world().client, wish);
      await world().inState(paid.id, 'approved');
      await world().policy();
    });
  });
}

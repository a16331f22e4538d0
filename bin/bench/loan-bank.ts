/** Outside money: one funded key that pays many at once, its nonces in one line. */
import { signMessage, toLotusSigned } from '../../chain/message';
import { addressFrom, type Address } from '../../domain/address';
import { waitFor } from '../../stack/wait';
import { newKey, type Key } from '../wallet-actions';
import type { Site } from './loan-site';

export interface Bank {
  readonly address: Address;
  /** Sends attoFIL; resolves once it is executed. */
  readonly pay: (to: string, amount: bigint) => Promise<void>;
}

const GAS = { gasLimit: 10_000_000, gasFeeCap: 2_000_150_000n, gasPremium: 150_000n } as const;
const PATIENCE_MS = 30 * 60_000;

/** A key with so many attoFIL from the devnet's faucet. */
export async function openBank({ lotus, prefix, control }: Site, amount: bigint): Promise<Bank> {
  const key: Key = newKey(prefix);
  await control('Devnet.Fund', key.address, amount.toString());
  let next = await lotus.mpoolNonce(key.address);
  return {
    address: key.address,
    pay: async (to, value) => {
      const call = { from: key.address, to: addressFrom(to), value, method: 0, params: new Uint8Array() };
      const signed = signMessage({ ...call, nonce: next++, ...GAS }, Buffer.from(key.privateKeyHex, 'hex'));
      await lotus.mpoolPush(toLotusSigned(signed));
      const found = await waitFor(async () => (await lotus.searchMsg(signed.cidSigned)) ?? undefined, {
        what: `the payment ${signed.cidSigned} to ${to}`,
        timeoutMs: PATIENCE_MS,
        everyMs: 1_000,
      });
      if (found === 'replaced' || found.receipt.exitCode !== 0)
        throw new Error(`the payment to ${to} failed`);
    },
  };
}

/** The miner's BLS worker, where the demo holds its key (its own devnet): signs and sends as the borrower's node would. */
import { bls12_381 } from '@noble/curves/bls12-381';
import { cidBytes, printCid } from '../../chain/cid';
import type { Lotus } from '../../chain/lotus';
import { encodeMessage, toLotus, type Message } from '../../chain/message';
import { printAddress, type Address, type AddressPrefix } from '../../domain/address';
import type { Waiter } from './wait';

const { longSignatures } = bls12_381;
/** Signature scheme of Filecoin's BLS messages (filecoin-ffi: bls-signatures, min-pubkey-size). */
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';
const PROTOCOL_BLS = 3;
const SIGNATURE_BLS = 2;

/** f3 or t3 address of a BLS private key (64 hex digits). */
export function blsAddress(privateKeyHex: string, prefix: AddressPrefix): Address {
  const publicKey = longSignatures.getPublicKey(Buffer.from(privateKeyHex, 'hex')).toBytes();
  return printAddress(Uint8Array.from([PROTOCOL_BLS, ...publicKey]), prefix);
}

/** A fresh BLS private key, hex. */
export function newBlsKey(): string {
  return Buffer.from(bls12_381.utils.randomSecretKey()).toString('hex');
}

/** Sends a call without value as the worker; gives the exit code once it is executed. */
export async function sendAsWorker(
  lotus: Lotus,
  waiter: Waiter,
  call: { readonly privateKeyHex: string; readonly to: Address; readonly method: number },
): Promise<number> {
  const { prefix } = await lotus.network();
  const from = blsAddress(call.privateKeyHex, prefix);
  const bare = { from, to: call.to, value: 0n, method: call.method, params: new Uint8Array() };
  const gas = await lotus.estimateGas(bare);
  const message: Message = { ...bare, ...gas, nonce: await lotus.mpoolNonce(from) };
  const unsigned = cidBytes(encodeMessage(message));
  const point = longSignatures.hash(unsigned, DST);
  const signature = longSignatures.sign(point, Buffer.from(call.privateKeyHex, 'hex'));
  await lotus.mpoolPush({
    Message: toLotus(message),
    Signature: {
      Type: SIGNATURE_BLS,
      Data: Buffer.from(longSignatures.Signature.toBytes(signature)).toString('base64'),
    },
  });
  return waiter.until("the worker's message to be executed", async () => {
    const found = await lotus.searchMsg(printCid(unsigned));
    return found === null || found === 'replaced' ? null : found.receipt.exitCode;
  });
}

/**
 * Gas of the parts of a message. The on-chain part is Lotus' price list (nv21 and later); the rest is set so that
 * whole messages use about what was measured on a real node: 1.2 M for a send, 5.75 M when it makes an account,
 * 4.84 M for a change of owner, 1.4 to 2.0 M for a refused call.
 */
export const MESSAGE_COMPUTE = 38_863;
const MESSAGE_STORAGE = 36;
const PER_BYTE = 1_300;

export const onChainMessage = (size: number): number => MESSAGE_COMPUTE + PER_BYTE * (MESSAGE_STORAGE + size);
export const onChainReturn = (size: number): number => PER_BYTE * size;

export const GAS = {
  send: 950_000,
  createAccount: 4_520_000,
  invoke: 1_150_000,
  minerWrite: 3_400_000,
  multisigWrite: 1_200_000,
  createMiner: 22_000_000,
} as const;

export const BLOCK_GAS_LIMIT = 10_000_000_000;
export const BLOCK_GAS_TARGET = 5_000_000_000;

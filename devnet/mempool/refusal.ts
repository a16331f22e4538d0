import { RpcFailure } from '../rpc/failure';

/** Lotus' sentinel errors of the message pool, as they end its texts. */
export const WHY = {
  exists: 'message with nonce already exists',
  tooLow: 'message nonce too low',
  lowPremium: 'replace by fee has too low GasPremium',
  tooMany: 'too many pending messages for actor',
  noFunds: 'not enough funds to execute transaction',
  soft: 'validation failure',
  feeCap: 'gas fee cap too low',
  tooBig: 'message too big',
} as const;

export const refuse = (text: string): RpcFailure => new RpcFailure(text);

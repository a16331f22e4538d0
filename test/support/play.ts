/** The demo's scenes on a test's own stack: staff signed in, money from the devnet's faucet, no printed report. */
import { z } from 'zod';
import { textOf } from '../../bin/demo/http';
import { loginsOf } from '../../bin/demo/logins';
import { signInStaff } from '../../bin/demo/people';
import type { Customer, Play } from '../../bin/demo/play';
import type { Purse } from '../../bin/demo/purse';
import { makeReport } from '../../bin/demo/report';
import { makeWaiter } from '../../bin/demo/wait';
import { newKey, sendMessage, signText, type Key } from '../../bin/wallet-actions';
import { makeLotus } from '../../chain/lotus';
import { addressFrom, type Address } from '../../domain/address';
import type { StackInfo } from '../../stack/info';
import { callJsonRpc } from '../../stack/json-rpc';

/** Calls the control namespace of a stack's devnet. */
export function control(info: StackInfo, method: string, ...params: unknown[]): Promise<unknown> {
  const { rpc, controlToken } = info.lotus;
  return callJsonRpc({ rpc, token: String(controlToken), method: `Devnet.${method}`, params });
}

/** The scenes' stage; what they would ask of the database, or have decided in a browser, is not part of it. */
export async function openPlay(info: StackInfo): Promise<Play> {
  const lotus = makeLotus({ url: info.lotus.rpc, token: info.lotus.token, timeoutMs: 30_000, tries: 5 });
  const nowhere = () => Promise.reject(new Error('not part of this play'));
  const height = async () => (await lotus.chainHead()).height;
  return {
    baseUrl: info.urls.app,
    report: makeReport({ quiet: true, steps: 0 }),
    waiter: makeWaiter(new AbortController().signal, height, () => undefined),
    chain: {
      rpc: info.lotus.rpc,
      token: '',
      finalityEpochs: null,
      funded: [],
      miner: { id: '', ownerPrivateKeyHex: '' },
    },
    lotus,
    query: nowhere,
    staff: await signInStaff(info.urls.app, loginsOf(info.logins)),
    decideLoan: nowhere,
  };
}

/** A wallet of the world outside with this much from the faucet, attoFIL. */
export async function faucetPurse(info: StackInfo, { lotus }: Play, amount: bigint): Promise<Purse> {
  const key = newKey('f');
  await control(info, 'Fund', key.address, amount.toString());
  return {
    address: key.address,
    send: async (to, value) => {
      const sent = await sendMessage({ lotus, key, to, value });
      if (sent.exitCode !== 0) throw new Error(`the send to ${to} ended with ${sent.exitCode}`);
      return sent;
    },
  };
}

export interface Applied {
  readonly customer: Customer;
  readonly owner: Key;
  readonly miner: Address;
  readonly loanId: string;
}

/** A new miner of a new owner; its owner applies for a loan, attoFIL, and staff see it after the pre-flight. */
export async function applyWithNewMiner(
  info: StackInfo,
  play: Play,
  customer: Customer,
  amount: bigint,
): Promise<Applied> {
  const owner = newKey('f');
  await control(info, 'Fund', owner.address, (5n * 10n ** 18n).toString());
  const made = await control(info, 'CreateMiner', { Owner: owner.address, Available: `${50n * 10n ** 18n}` });
  const miner = addressFrom(z.string().parse(made));
  const challenge = await customer.session.post('/v1/loans/challenges', { miner });
  const application = await customer.session.post('/v1/loans', {
    ...{ loanId: challenge['loanId'], miner, amount: amount.toString(), termEpochs: 100_000 },
    proof: { address: owner.address, signature: signText(owner, textOf(challenge['text'])) },
  });
  const loanId = textOf(application['id']);
  await play.waiter.until('the pre-flight', async () => {
    const loan = await play.staff.auditor.get(`/admin/v1/loans/${loanId}`);
    return loan['state'] === 'preflight' ? loan : null;
  });
  return { customer, owner, miner, loanId };
}

/** The demo's outside money: one funded key, into which the other funded accounts are gathered when it holds too little. */
import type { Lotus } from '../../chain/lotus';
import { addressFrom } from '../../domain/address';
import { coins, formatCoins } from '../../domain/money';
import { keyOf, sendMessage, type Key, type Sent } from '../wallet-actions';
import type { ChainFile } from './chain-file';
import type { Report } from './report';

export interface Purse {
  readonly address: string;
  /** Sends attoFIL and waits until the message is executed; throws on an exit code other than 0. */
  send(to: string, amount: bigint): Promise<Sent>;
}

/** Top-up, deposits, the miner's income, a direct payment and gas money: 110,530 FIL, and gas. */
const NEEDED = coins(110_600n);
/** Stays behind in each gathered account for its gas. */
const KEEP = coins(1n);

/** Picks the richest funded account and gathers the others into it until it holds what the play needs. */
export async function openPurse(chain: ChainFile, lotus: Lotus, report: Report): Promise<Purse> {
  const accounts = await Promise.all(
    chain.funded.map(async ({ address, privateKeyHex }) => ({
      key: keyOf(privateKeyHex, address),
      balance: await lotus.walletBalance(addressFrom(address)),
    })),
  );
  accounts.sort((a, b) => (a.balance < b.balance ? 1 : -1));
  const [first, ...rest] = accounts;
  if (first === undefined) throw new Error('the chain file names no funded account');
  let held = first.balance;
  for (const { key, balance } of rest) {
    if (held >= NEEDED || balance <= KEEP) continue;
    await send(lotus, key, first.key.address, balance - KEEP);
    held += balance - KEEP;
  }
  if (held < NEEDED)
    throw new Error(
      `the funded accounts hold ${formatCoins(held)} FIL; the play needs ${formatCoins(NEEDED)}`,
    );
  report.say(`The depositors' own wallet is ${first.key.address} with ${formatCoins(held)} FIL`);
  return { address: first.key.address, send: (to, amount) => send(lotus, first.key, to, amount) };
}

async function send(lotus: Lotus, key: Key, to: string, amount: bigint): Promise<Sent> {
  const sent = await sendMessage({ lotus, key, to, value: amount });
  if (sent.exitCode !== 0) throw new Error(`the send to ${to} ended with exit code ${String(sent.exitCode)}`);
  return sent;
}

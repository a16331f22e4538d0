/** Scenes: a borrower with a miner applies, is checked and approved, and hands over the owner role. */
import { coins, formatCoins } from '../../domain/money';
import { addressFrom, type Address } from '../../domain/address';
import { changeOwnerParams, METHOD, withdrawBalanceParams } from '../../chain/method';
import { blsKeyOf, keyOf, newKey, sendMessage, signText, type Key, type Sent } from '../wallet-actions';
import { amountOf, listOf, objectOf, textOf, type Json } from './http';
import { waitingApproval } from './people';
import type { Customer, Play } from './play';
import type { Purse } from './purse';
import { changeWorkerParams, METHOD_CHANGE_WORKER } from './worker-change';

export const LENT = coins(59_350n);
const OWNER_GAS = coins(5n);
/** A fixed limit, since the node refuses to estimate a message that will fail. */
const REFUSED_GAS_LIMIT = 20_000_000;
const FORBIDDEN = 18;
/** MAX_CONTROL_ADDRESSES of the miner actor. */
const CONTROLS_MOST = 10;
/** 180 days of 30 s. */
const TERM_EPOCHS = 518_400;

export interface Borrower {
  readonly customer: Customer;
  readonly miner: Address;
  readonly owner: Key;
  /** Signs for the miner's daily work: a control address that the owner registered. */
  readonly operator: Key;
  readonly loanId: string;
}

/** Sends as the borrower's owner; waits until executed. */
export function asOwner(
  play: Play,
  borrower: Pick<Borrower, 'owner' | 'miner'>,
  method: number,
  params: Uint8Array,
  gasLimit?: number,
): Promise<Sent> {
  const { owner, miner } = borrower;
  const gas = gasLimit === undefined ? {} : { gasLimit };
  return sendMessage({ lotus: play.lotus, key: owner, to: miner, value: 0n, method, params, ...gas });
}

/** Gives the owner gas money and the miner a control address whose key the demo holds. */
export async function prepareMiner(play: Play, purse: Purse) {
  const { chain, lotus, report } = play;
  const { prefix } = await lotus.network();
  const miner = addressFrom(chain.miner.id);
  const ownerKey = keyOf(chain.miner.ownerPrivateKeyHex, prefix);
  const operator = newKey(prefix);
  if ((await lotus.walletBalance(ownerKey.address)) < OWNER_GAS)
    await purse.send(ownerKey.address, OWNER_GAS);
  await purse.send(operator.address, OWNER_GAS);
  const { worker, controlAddresses } = await lotus.minerInfo(miner, []);
  // The miner may be one that works: its own control addresses stay, as far as the actor takes so many.
  const controls = [operator.address, ...controlAddresses].slice(0, CONTROLS_MOST);
  const params = changeWorkerParams(worker, controls);
  const changed = await asOwner(play, { owner: ownerKey, miner }, METHOD_CHANGE_WORKER, params);
  report.check('The owner registers a control address for the daily work', changed.exitCode, 0);
  return { miner, owner: ownerKey, operator };
}

/** Asks for a challenge, signs it as the miner's owner and applies. */
export async function apply(
  play: Play,
  customer: Customer,
  prepared: Omit<Borrower, 'customer' | 'loanId'>,
): Promise<Borrower> {
  const { session } = customer;
  const { miner, owner } = prepared;
  const challenge = await session.post('/v1/loans/challenges', { miner });
  const signature = signText(owner, textOf(challenge['text']));
  const application = (signed: string): Json => ({
    loanId: challenge['loanId'],
    miner,
    amount: LENT.toString(),
    termEpochs: TERM_EPOCHS,
    poolId: 'flexible',
    proof: { address: owner.address, signature: signed },
  });
  const answer = await session.post('/v1/loans', application(signature));
  const loanId = textOf(answer['id']);
  play.report.say(`Application ${loanId} for ${formatCoins(LENT)} FIL on miner ${miner}`);
  play.report.note('loan', { id: loanId, miner, workflowId: `loan/${loanId}` });
  return { ...prepared, customer, loanId };
}

/** The loan as the borrower sees it, once it is in one of the states. */
export function loanIn(play: Play, borrower: Borrower, ...states: readonly string[]): Promise<Json> {
  return play.waiter.until(`the loan to be ${states.join(' or ')}`, async () => {
    const loan = await borrower.customer.session.get(`/v1/loans/${borrower.loanId}`);
    const state = textOf(loan['state']);
    if (['rejected', 'cancelled', 'expired'].includes(state) && !states.includes(state))
      throw new Error(`the loan is ${state}: ${JSON.stringify(loan['outcome'] ?? null)}`);
    return states.includes(state) ? loan : null;
  });
}

/** A maker forwards, the maker is refused as checker, a checker approves. */
export async function approve(play: Play, borrower: Borrower): Promise<void> {
  const { staff, report } = play;
  await loanIn(play, borrower, 'preflight');
  const judged = await play.waiter.until('the pre-flight report', async () => {
    const loan = await staff.auditor.get(`/admin/v1/loans/${borrower.loanId}`);
    return listOf(loan['reports'])[0] ?? null;
  });
  report.say(`Pre-flight at epoch ${textOf(judged['height'])}, all at one finalised tipset:`);
  for (const { name, value, passed } of listOf(judged['checks']))
    report.check(`  ${textOf(name)} (${textOf(value)})`, passed, true);
  const forward = `/admin/v1/loans/${borrower.loanId}/forward`;
  report.check(
    'An auditor cannot forward',
    await staff.auditor.refusalOf(forward, { reason: 'x' }),
    'not-allowed',
  );
  await staff.admin.post(forward, { reason: 'Pre-flight passed, income covers the interest' });
  const approval = await waitingApproval(play, borrower.loanId);
  const id = textOf(approval['id']);
  const decision = { reason: 'Looks good to me', subjectHash: approval['subjectHash'] };
  const own = await staff.admin.refusalOf(`/admin/v1/approvals/${id}/accept`, decision);
  report.check('Who forwarded cannot approve', own, 'maker-is-checker');
  const refused = await staff.auditor.list(
    `/admin/v1/refusals?${new URLSearchParams({ filter: JSON.stringify({ code: 'maker-is-checker' }), range: '[0,9]', sort: '["id","DESC"]' }).toString()}`,
  );
  report.check('The refusal is on record', refused.length > 0, true);
  await play.decideLoan(id, 'accept', 'Collateral and income checked');
}

/** Waits for the offer, proposes our escrow address as owner, and waits until the FIL is in the miner. */
export async function handOver(play: Play, borrower: Borrower): Promise<Json> {
  const offered = await loanIn(play, borrower, 'escrow_offered');
  const escrow = objectOf(offered['escrow']);
  const escrowId = addressFrom(textOf(escrow['idAddress']));
  play.report.say(`Approved. The borrower is shown the escrow address ${escrowId}, final on chain`);
  const proposed = await asOwner(play, borrower, METHOD.changeOwner, changeOwnerParams(escrowId));
  play.report.check('The borrower proposes the escrow address as owner', proposed.exitCode, 0);
  const active = await loanIn(play, borrower, 'active');
  const info = await play.lotus.minerInfo(borrower.miner, []);
  play.report.check('The platform holds the owner role', info.owner, escrowId);
  play.report.check('And is the beneficiary', info.beneficiary, escrowId);
  return active;
}

/** While in escrow the miner works on, and nobody but the platform takes money out. */
export async function tryDuringEscrow(play: Play, borrower: Borrower): Promise<void> {
  const { report, lotus } = play;
  const { workerPrivateKeyHex } = play.chain.miner;
  if (workerPrivateKeyHex !== undefined) {
    const { prefix } = await lotus.network();
    const worker = blsKeyOf(workerPrivateKeyHex, prefix);
    const call = { to: borrower.miner, value: 0n, method: METHOD.repayDebt };
    const { exitCode } = await sendMessage({ lotus, key: worker, ...call });
    report.check("During escrow a message signed by the borrower's worker still works", exitCode, 0);
  }
  const works = await sendMessage({
    lotus,
    key: borrower.operator,
    to: borrower.miner,
    value: 0n,
    method: METHOD.repayDebt,
  });
  report.check(
    "During escrow a message signed by the borrower's control address still works",
    works.exitCode,
    0,
  );
  const params = withdrawBalanceParams(coins(1n));
  const withdrawn = await asOwner(play, borrower, METHOD.withdrawBalance, params, REFUSED_GAS_LIMIT);
  report.check("The borrower's WithdrawBalance is refused by the actor", withdrawn.exitCode, FORBIDDEN);
}

/** The debt as the platform shows it, attoFIL. */
export async function debtOf(borrower: Borrower): Promise<bigint> {
  const loan = await borrower.customer.session.get(`/v1/loans/${borrower.loanId}`);
  return amountOf(objectOf(loan['debt'])['debt']);
}

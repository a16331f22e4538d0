/** A loan of a test chain with its miner: what may be lent to once it is approved. */
import { addressFrom, type Address } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import type { Chain } from './a-chain';

/** Makes a miner, owned by the loan's escrow unless told otherwise, and the loan that asks 2 FIL for it. */
export async function heldMiner(
  { admin, devnet, signer }: Pick<Chain, 'admin' | 'devnet' | 'signer'>,
  loanId = 'l1',
  owner?: Address,
): Promise<Address> {
  const { address: escrow } = await signer.deriveAddress({
    ...{ kind: 'escrow', ownerKind: 'loan', ownerId: loanId },
  });
  const made = { Owner: owner ?? escrow, Available: attoText(coins(1n)) };
  const miner = addressFrom(String(await devnet.control('Devnet.CreateMiner', made)));
  const customer = { id: `borrower-${loanId}`, email: `${loanId}@example.test` };
  await admin('registration').insert({ email: customer.email, customer_id: customer.id });
  await admin('customer').insert({ ...customer, state: 'open' });
  await admin('owner_challenge').insert({
    ...{ loan_id: loanId, customer_id: customer.id, miner, nonce: loanId, text: loanId, expiry_epoch: 9 },
  });
  await admin('loan').insert({
    ...{ id: loanId, borrower_id: customer.id, miner, amount: attoText(coins(2n)), term_epochs: 10 },
    ...{ pool_id: 'flexible', bucket: 'standard', state: 'preflight', proof_address: 'f1x' },
    ...{ proof_signature: 'x', owner_before: 'f01', escrow_address: escrow },
    ...{ escrow_id_address: `f0${loanId}`, repayment_address: `f1${loanId}` },
  });
  return miner;
}

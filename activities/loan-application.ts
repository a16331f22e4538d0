/** The way into a loan, task queue `chain`: the challenge, and the application with its proof. */
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { expectMiner } from '../chain/miner';
import { checkOwnerProof, ownerProofText } from '../chain/owner-proof';
import {
  appendStep,
  findChallenge,
  findLoan,
  insertLoan,
  keepChallenge,
  lockLoan,
  openLoanOf,
  type ChallengeRow,
  type LoanRow,
} from '../db/loan';
import { parseAddress, PROTOCOL, protocolOf, type Address, type AddressPrefix } from '../domain/address';
import { expectNotFrozen } from '../db/freeze';
import { addTerms } from '../db/loan-terms';
import { pollMs, type LoanPolicy } from '../domain/loan';
import { STANDARD_TERMS } from '../domain/loan-terms';
import { formatCoins, parseAtto } from '../domain/money';
import { isRefusal, RefusalError } from '../domain/refusal';
import type { Challenge, ChallengeInput, LoanApplication } from '../workflows/handles-loan';
import { policyOf, type LoanDeps } from './loan-deps';
import { refusing } from './refusal';

/** What the workflow must know of a loan that was taken. */
export interface TakenApplication {
  readonly borrowerId: string;
  readonly miner: string;
  readonly amount: string;
  readonly termEpochs: number;
  readonly poolId: string;
  readonly pollMs: number;
  readonly decisionDays: number;
}

/** The ID address of a miner as a customer wrote it. @throws RefusalError address-*, miner-not-id */
function minerOf(text: string, prefix: AddressPrefix): Address {
  const miner = parseAddress(text, prefix);
  if (isRefusal(miner)) throw new RefusalError(miner.refusal, miner.detail);
  if (protocolOf(miner) !== PROTOCOL.id)
    throw new RefusalError('miner-not-id', `${miner} is no ID address: a miner is named ${prefix}0….`);
  return miner;
}

function checkTerms(application: LoanApplication, policy: LoanPolicy): void {
  const amount = parseAtto(application.amount);
  if (amount === null) throw new RefusalError('amount-not-canonical');
  if (amount === 0n) throw new RefusalError('amount-zero');
  const { minTermEpochs: least, maxTermEpochs: most } = policy;
  const { termEpochs } = application;
  if (!Number.isSafeInteger(termEpochs) || termEpochs < least || termEpochs > most)
    throw new RefusalError('term-out-of-range', `The term is from ${least} to ${most} epochs.`);
}

function sameTerms(loan: LoanRow, application: LoanApplication): boolean {
  return (
    loan.borrower_id === application.borrowerId &&
    loan.miner === application.miner &&
    loan.amount === application.amount &&
    loan.term_epochs === application.termEpochs &&
    loan.proof_signature === application.proof.signature
  );
}

async function expectOpen(knex: Knex, customerId: string): Promise<void> {
  const row = await knex<{ id: string; state: string }>('customer').where({ id: customerId }).first('state');
  if (row?.state !== 'open') throw new RefusalError('customer-not-open');
}

async function expectPool(knex: Knex, poolId: string): Promise<void> {
  const row: unknown = await knex('pool').where({ id: poolId }).first('id');
  if (row === undefined) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
}

async function challengeFor(knex: Knex, loanId: string, customerId: string): Promise<ChallengeRow> {
  const challenge = await findChallenge(knex, loanId);
  if (challenge?.customer_id !== customerId)
    throw new RefusalError('not-found', 'There is no such challenge.');
  return challenge;
}

interface Checked {
  readonly miner: Address;
  readonly signer: Address;
}

/** Everything about an application that a read can refuse, cheap things first. */
async function checkApplication(
  deps: LoanDeps,
  loanId: string,
  application: LoanApplication,
): Promise<Checked> {
  const { knex, lotus } = deps;
  const { prefix } = await lotus.network();
  const miner = minerOf(application.miner, prefix);
  checkTerms(application, policyOf(deps));
  const signer = parseAddress(application.proof.address, prefix);
  if (isRefusal(signer)) throw new RefusalError(signer.refusal, signer.detail);
  await expectOpen(knex, application.borrowerId);
  await expectNotFrozen(knex, 'loan', application.borrowerId);
  await expectPool(knex, application.poolId);
  const challenge = await challengeFor(knex, loanId, application.borrowerId);
  const head = await lotus.chainHead();
  await expectMiner(lotus, miner, head.key);
  await refuseSecondLoan(knex, miner, loanId);
  if (challenge.miner !== miner)
    throw new RefusalError('owner-proof-invalid', `The challenge was for miner ${challenge.miner}.`);
  if (head.height > challenge.expiry_epoch)
    throw new RefusalError('owner-proof-expired', `It was good until epoch ${challenge.expiry_epoch}.`);
  const refused = checkOwnerProof(signer, challenge.text, application.proof.signature);
  if (refused) throw new RefusalError(refused.refusal, refused.detail);
  return { miner, signer };
}

async function refuseSecondLoan(db: Knex, miner: string, loanId: string): Promise<void> {
  if ((await openLoanOf(db, miner, loanId)) !== null) throw new RefusalError('miner-has-open-loan');
}

async function insertApplication(
  knex: Knex,
  loanId: string,
  application: LoanApplication,
  { miner, signer }: Checked,
): Promise<void> {
  await knex.transaction(async (trx) => {
    // Applications for one miner queue here, so that the second sees the first and not a broken index.
    await trx.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [`loan-of/${miner}`]);
    await refuseSecondLoan(trx, miner, loanId);
    await insertLoan(trx, {
      id: loanId,
      borrowerId: application.borrowerId,
      miner,
      amount: application.amount,
      termEpochs: application.termEpochs,
      poolId: application.poolId,
      bucket: 'standard',
      proof: { address: signer, signature: application.proof.signature },
    });
    const fil = formatCoins(BigInt(application.amount));
    const sentence = `Applied for ${fil} FIL over ${application.termEpochs} epochs, secured by miner ${miner}`;
    const actor = { id: application.borrowerId, role: 'customer' };
    await appendStep(trx, await lockLoan(trx, loanId), { step: 'applied', sentence, actor });
    await addTerms(trx, loanId, STANDARD_TERMS, actor);
  });
}

export function makeLoanApplicationActivities(deps: LoanDeps) {
  const { knex, lotus } = deps;
  const loanPolicy = policyOf(deps);
  return {
    /** Makes the text that the miner's owner must sign; asked again for the same loan id, answers the same. */
    issueOwnerChallenge: refusing(async (input: ChallengeInput): Promise<Challenge> => {
      const network = await lotus.network();
      const miner = minerOf(input.miner, network.prefix);
      await expectOpen(knex, input.customerId);
      await expectNotFrozen(knex, 'loan', input.customerId);
      const expiryEpoch = (await lotus.chainHead()).height + loanPolicy.challengeEpochs;
      const nonce = randomBytes(16).toString('hex');
      const kept = await keepChallenge(knex, {
        loan_id: input.loanId,
        customer_id: input.customerId,
        miner,
        nonce,
        text: ownerProofText({
          network: network.name,
          loanId: input.loanId,
          miner,
          nonce,
          expiryEpoch,
        }),
        expiry_epoch: expiryEpoch,
      });
      return { loanId: input.loanId, text: kept.text, nonce: kept.nonce, expiryEpoch: kept.expiry_epoch };
    }),

    /**
     * Takes an application, or refuses it and leaves nothing behind. The challenge is used by the loan that takes its
     * id; the same application again answers as before.
     */
    takeApplication: refusing(
      async (input: { loanId: string; application: LoanApplication }): Promise<TakenApplication> => {
        const { loanId, application } = input;
        const there = await findLoan(knex, loanId);
        if (there !== null && !sameTerms(there, application)) throw new RefusalError('owner-proof-used');
        if (there === null) {
          await insertApplication(
            knex,
            loanId,
            application,
            await checkApplication(deps, loanId, application),
          );
        }
        const { epochSeconds } = await lotus.network();
        return {
          borrowerId: application.borrowerId,
          miner: application.miner,
          amount: application.amount,
          termEpochs: application.termEpochs,
          poolId: application.poolId,
          pollMs: pollMs(loanPolicy, epochSeconds),
          decisionDays: loanPolicy.decisionDays,
        };
      },
    ),
  };
}

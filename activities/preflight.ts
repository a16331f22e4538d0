/** Judging a loan's miner at a finalised tipset, task queue `chain`. */
import { readMiner } from '../chain/miner';
import type { Tipset } from '../chain/lotus';
import { checkOwnerProof } from '../chain/owner-proof';
import { saveReport, saveSnapshot } from '../db/loan-facts';
import { findChallenge, getLoan, openLoanOf } from '../db/loan';
import { addressFrom } from '../domain/address';
import { endsSoon } from '../domain/loan';
import { preflight, type PreflightStage } from '../domain/preflight';
import { REFUSALS, type RefusalCode } from '../domain/refusal';
import { policyOf, type LoanDeps } from './loan-deps';
import { refusing } from './refusal';

/** The finalised tipset, at `notBefore` or later. Throws where the chain is not that far: retried, it will be. */
export async function finalTipset({ lotus, config }: LoanDeps, notBefore: number): Promise<Tipset> {
  const tipset = await lotus.finalizedTipset({ finalityEpochs: config.lotus.finalityEpochs ?? null });
  if (tipset === null || tipset.height < notBefore)
    throw new Error(`final is epoch ${tipset?.height ?? 'none'}, wanted is ${notBefore} or later`);
  return tipset;
}

export interface Verdict {
  readonly passed: boolean;
  readonly code: RefusalCode | null;
  /** One sentence: what failed, with the value seen and the value wanted. */
  readonly detail: string;
  readonly height: number;
  readonly reportHash: string;
  /** The owner on chain, an ID address. */
  readonly owner: string;
}

export interface Ownership {
  readonly height: number;
  readonly owner: string;
  readonly pending: string | null;
  /** The same at the head: a final proposal may be taken back already. */
  readonly pendingNow: string | null;
  /** Our escrow's ID address: the pending owner that we wait for. */
  readonly escrow: string | null;
  /** The offer has run out at this height. */
  readonly offerOver: boolean;
  readonly offerEndsSoon: boolean;
  /** Between two reminders to the borrower. */
  readonly reminderEpochs: number;
}

export function makePreflightActivities(deps: LoanDeps) {
  const { knex, lotus } = deps;
  return {
    /**
     * Reads the miner at one finalised tipset, judges it for the stage and keeps the report; `notBefore` is the
     * executing epoch of the message whose effect is to be seen.
     */
    judgeMiner: refusing(
      async (input: { loanId: string; stage: PreflightStage; notBefore: number }): Promise<Verdict> => {
        const { loanId, stage } = input;
        const loan = await getLoan(knex, loanId);
        const challenge = await findChallenge(knex, loanId);
        if (!challenge) throw new Error(`loan ${loanId} has no challenge`);
        const facts = await readMiner(
          lotus,
          addressFrom(loan.miner),
          await finalTipset(deps, input.notBefore),
        );
        const signer = addressFrom(loan.proof_address);
        const report = preflight(facts, {
          stage,
          ownerBefore: loan.owner_before,
          escrow: loan.escrow_id_address,
          proofVerifies: checkOwnerProof(signer, challenge.text, loan.proof_signature) === null,
          proofAddress: signer,
          proofExpiryEpoch: challenge.expiry_epoch,
          otherLoan: await openLoanOf(knex, loan.miner, loanId),
        });
        const reportHash = await knex.transaction(async (trx) => {
          // The report first: it locks its loan, which comes before the miner's readings (docs/decisions/004-lock-order.md).
          const hash = await saveReport(trx, loanId, report);
          await saveSnapshot(trx, facts);
          return hash;
        });
        const failed = report.checks.find((check) => !check.passed);
        const detail = failed
          ? `${failed.name}: ${failed.value}, wanted ${failed.wanted}`
          : 'every check passed';
        const { passed, code, height } = report;
        return {
          passed,
          code,
          detail: code ? `${REFUSALS[code].title} (${detail})` : detail,
          height,
          reportHash,
          owner: facts.owner,
        };
      },
    ),

    /** Owner and pending owner at the finalised tipset, and whether the proposal still stands at the head. */
    readOwnership: refusing(async (input: { loanId: string; notBefore: number }): Promise<Ownership> => {
      const loan = await getLoan(knex, input.loanId);
      const at = await finalTipset(deps, input.notBefore);
      const miner = addressFrom(loan.miner);
      const { owner, pending } = await lotus.minerPendingOwner(miner, at.key);
      const { pending: pendingNow } = await lotus.minerPendingOwner(miner, []);
      const offerOver = loan.offer_deadline_epoch !== null && at.height > loan.offer_deadline_epoch;
      const { reminderEpochs, noticeEpochs, offerEpochs } = policyOf(deps);
      const { escrow_id_address: escrow, offer_deadline_epoch: until } = loan;
      const offerEndsSoon = endsSoon({ span: offerEpochs, until, noticeEpochs }, at.height);
      const seen = { height: at.height, owner, pending, pendingNow };
      return { ...seen, escrow, offerOver, offerEndsSoon, reminderEpochs };
    }),
  };
}

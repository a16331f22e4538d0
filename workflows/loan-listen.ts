/** What a loan lets itself be told: Updates with their validators, the look signal, the standing query. */
import { setHandler, uuid4 } from '@temporalio/workflow';
import { numbered, planText } from '../domain/disbursement';
import { hasDebt } from '../domain/loan';
import { judgeTerms, STANDARD_TERMS } from '../domain/loan-terms';
import { decidePermission, mayDo } from '../domain/permission';
import { decide, look, standing, workflowIds, type Decision } from './handles';
import {
  applyForLoan,
  forwardLoan,
  repayFromMiner,
  type ForwardRequest,
  type LoanApplication,
  type LoanTaken,
  type RepayRequest,
} from './handles-loan';
import { collateralNeeds } from './handles-collateral';
import { decideHelp, decidesHelp, listenForHelp, type HelpDesk } from './help';
import { deskOf, showNeed } from './loan-help';
import { requireOpen, requireReason, stateOf } from './loan-refuse';
import { direct, reached, takenOf, type Ask, type Bell, type LoanRun } from './loan-run';
import { decideAsk, listenForTerms, validateAsk } from './loan-terms';
import { passingRefusals, refuse } from './refuse';

const { chain, ledger } = direct;

async function take(run: LoanRun, application: LoanApplication): Promise<LoanTaken> {
  try {
    const input = { loanId: run.loanId, application };
    const taken = await passingRefusals(
      chain.takeApplication.executeWithOptions({ summary: 'Took the application' }, [input]),
    );
    run.taken = taken;
    run.pollMs = taken.pollMs;
    run.decisionDays = taken.decisionDays;
    if (run.state === 'new') reached(run, 'applied');
  } catch (error) {
    if (run.state === 'new') reached(run, 'refused');
    throw error;
  }
  return { id: run.loanId, state: stateOf(run) };
}

async function forward(run: LoanRun, request: ForwardRequest): Promise<LoanTaken> {
  const taken = takenOf(run);
  const approvalId = uuid4();
  const { actor } = request;
  const { fixedBps, fee, penaltyBps, waterfall, plan } = request.terms ?? STANDARD_TERMS;
  const [first] = numbered(plan, BigInt(taken.amount));
  const approval = {
    id: approvalId,
    kind: 'loan' as const,
    subjectKind: 'loan',
    subjectId: run.loanId,
    workflowId: workflowIds.loan(run.loanId),
    subject: {
      loan: run.loanId,
      miner: taken.miner,
      amount: taken.amount,
      termEpochs: taken.termEpochs,
      pool: taken.poolId,
      report: run.reportHash,
      fixedRateBps: fixedBps,
      feeAmount: fee,
      penaltyBps,
      waterfall: waterfall.join(', '),
      firstDisbursement: first.amount,
      disbursements: planText(plan),
    },
    makerId: actor.id,
    quorum: 1,
  };
  const step = {
    step: 'forwarded',
    sentence: `Forwarded to the checkers by ${actor.role}: ${request.reason}`,
    actor,
  };
  await passingRefusals(
    ledger.openLoanApproval.executeWithOptions({ summary: `Forwarded by ${actor.role} ${actor.id}` }, [
      { loanId: run.loanId, step, approval, terms: request.terms },
    ]),
  );
  run.approvalId = approvalId;
  run.makerId = actor.id;
  reached(run, 'in_approval');
  return { id: run.loanId, state: 'in_approval' };
}

const askOf = (run: LoanRun, { approvalId }: Decision): Ask | undefined =>
  run.asks.find((ask) => ask.approvalId === approvalId);

function validateDecision(run: LoanRun, decision: Decision): void {
  const ask = askOf(run, decision);
  if (ask !== undefined) {
    validateAsk(ask, decision);
    return;
  }
  if (decision.approvalId !== run.approvalId) refuse('not-found', 'This loan waits for no such approval.');
  if (run.state !== 'in_approval') refuse('already-decided', `This loan is ${run.state}.`);
  requireOpen(run);
  if (decision.actor.id === run.makerId) refuse('maker-is-checker');
  if (!mayDo(decision.actor.role, decidePermission('loan'))) refuse('not-allowed');
  if (decision.reason.trim() === '') refuse('reason-required');
}

function listenForDecisions(run: LoanRun, bell: Bell, desk: HelpDesk): void {
  setHandler(
    decide,
    async (decision: Decision) => {
      if (run.helpAsked?.approvalId === decision.approvalId) return decideHelp(desk, decision);
      const ask = askOf(run, decision);
      if (ask !== undefined) {
        const decided = await decideAsk(run, ask, decision);
        bell.rung += 1;
        return decided;
      }
      const verb = decision.decision === 'accept' ? 'Accepted' : 'Refused';
      const summary = `${verb} by ${decision.actor.role} ${decision.actor.id}`;
      const input = { loanId: run.loanId, decision };
      const outcome = await passingRefusals(ledger.decideLoan.executeWithOptions({ summary }, [input]));
      if (outcome.state === 'accepted') reached(run, 'approved');
      if (outcome.state === 'refused') {
        run.outcome = 'refused-by-staff';
        reached(run, 'rejected');
      }
      bell.rung += 1;
      return outcome;
    },
    {
      validator: (decision: Decision) => {
        if (!decidesHelp(desk, decision)) validateDecision(run, decision);
      },
      description: 'A checker accepts or refuses the loan, a change of its terms, or help that was asked for',
    },
  );
}

function listenForBorrower(run: LoanRun, bell: Bell): void {
  setHandler(
    applyForLoan,
    async (application: LoanApplication) => {
      const taken = await take(run, application);
      bell.rung += 1;
      return taken;
    },
    { description: 'The customer applies' },
  );
  setHandler(
    repayFromMiner,
    async ({ actor }: RepayRequest) => {
      const summary = "The borrower asked to repay from the miner's balance";
      const input = { loanId: run.loanId, actor };
      await passingRefusals(ledger.noteRepayFromMiner.executeWithOptions({ summary }, [input]));
      run.repayAsked = true;
      bell.rung += 1;
      return { id: run.loanId, state: stateOf(run) };
    },
    {
      validator: ({ actor }: RepayRequest) => {
        if (actor.role !== 'customer') refuse('not-allowed');
        if (!hasDebt(stateOf(run))) refuse('nothing-to-repay', `The loan is ${run.state}.`);
      },
      description: "The borrower asks to repay from the miner's balance",
    },
  );
}

function listenForStaff(run: LoanRun, bell: Bell): void {
  setHandler(
    forwardLoan,
    async (request: ForwardRequest) => {
      const forwarded = await forward(run, request);
      bell.rung += 1;
      return forwarded;
    },
    {
      validator: (request: ForwardRequest) => {
        if (stateOf(run) !== 'preflight') refuse('wrong-state', `The loan is ${run.state}.`);
        requireOpen(run);
        if (!mayDo(request.actor.role, 'loan:forward')) refuse('not-allowed');
        requireReason(request);
        const { amount } = takenOf(run);
        const refused = request.terms === undefined ? null : judgeTerms(request.terms, BigInt(amount));
        if (refused !== null) refuse(refused.refusal, refused.detail);
      },
      description: 'A maker forwards the application to the checkers',
    },
  );
}

/** Registers every handler; called before anything is awaited. */
export function listen(run: LoanRun, bell: Bell): void {
  listenForBorrower(run, bell);
  listenForStaff(run, bell);
  const desk = deskOf(run, bell);
  listenForHelp(desk);
  listenForDecisions(run, bell, desk);
  listenForTerms(run, bell);
  setHandler(look, () => {
    bell.rung += 1;
  });
  setHandler(collateralNeeds, (sentence) => {
    run.threat = sentence;
    showNeed(run);
  });
  setHandler(standing, () => ({
    state: run.state,
    waitingFor: WAITING_FOR[run.state] ?? null,
    needsAction: run.needsAction ?? run.threat,
  }));
}

/** For the detail page: whom or what the loan waits for in a state. */
const WAITING_FOR: Partial<Record<LoanRun['state'], string>> = {
  preflight: 'a maker to forward it',
  in_approval: 'a checker to decide',
  escrow_offered: 'the borrower to propose our escrow as owner',
  active: 'income and payments',
  overdue: 'payment of what is due',
  returning: 'the borrower to confirm the owner role',
};

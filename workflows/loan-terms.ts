/** What changes a running loan: a maker asks by an Update, another person decides, the borrower is told. */
import { setHandler, uuid4 } from '@temporalio/workflow';
import { hasDebt } from '../domain/loan';
import { decidePermission, mayDo } from '../domain/permission';
import type { Decision, DecisionOutcome, HelpRequest } from './handles';
import { disburseNext, extendLoan, type ExtensionRequest, type TermsAsked } from './handles-loan';
import { requireReason, stateOf } from './loan-refuse';
import { direct, type Ask, type Bell, type LoanRun } from './loan-run';
import { passingRefusals, refuse } from './refuse';

const { ledger } = direct;

const isOpen = (run: LoanRun, kind: Ask['kind']): boolean =>
  run.asks.some((ask) => ask.kind === kind && ask.open);

function validateExtension(run: LoanRun, request: ExtensionRequest): void {
  if (!hasDebt(stateOf(run))) refuse('wrong-state', `The loan is ${run.state}.`);
  if (!mayDo(request.actor.role, 'loan:extend')) refuse('not-allowed');
  if (isOpen(run, 'loan-extension')) refuse('extension-pending');
  requireReason(request);
}

async function askExtension(run: LoanRun, request: ExtensionRequest): Promise<TermsAsked> {
  const { loanId } = run;
  const { actor, maturityEpoch } = request;
  const approvalId = uuid4();
  const summary = `${actor.role} ${actor.id} asks to extend to epoch ${maturityEpoch}`;
  const input = { loanId, approvalId, ...request };
  await passingRefusals(ledger.askExtension.executeWithOptions({ summary }, [input]));
  run.asks.push({ kind: 'loan-extension', approvalId, makerId: actor.id, open: true });
  return { id: loanId, approvalId };
}

function validateDisbursement(run: LoanRun, request: HelpRequest): void {
  if (run.state !== 'active') refuse('wrong-state', `The loan is ${run.state}.`);
  if (!mayDo(request.actor.role, 'loan:disburse')) refuse('not-allowed');
  if (isOpen(run, 'loan-disbursement') || run.toDisburse !== null) refuse('disbursement-pending');
  if (run.threat !== null) refuse('collateral-threatened', run.threat);
  requireReason(request);
}

async function askDisbursement(run: LoanRun, request: HelpRequest): Promise<TermsAsked> {
  const { loanId } = run;
  const { actor } = request;
  const approvalId = uuid4();
  const summary = `${actor.role} ${actor.id} asks for the next disbursement`;
  const input = { loanId, approvalId, ...request };
  await passingRefusals(ledger.askDisbursement.executeWithOptions({ summary }, [input]));
  run.asks.push({ kind: 'loan-disbursement', approvalId, makerId: actor.id, open: true });
  return { id: loanId, approvalId };
}

/** Refuses a decision on changed terms that cannot be. */
export function validateAsk(ask: Ask, decision: Decision): void {
  if (!ask.open) refuse('already-decided');
  if (decision.actor.id === ask.makerId) refuse('maker-is-checker');
  if (!mayDo(decision.actor.role, decidePermission(ask.kind))) refuse('not-allowed');
  requireReason(decision);
}

const summaryOf = (what: string, { decision, actor }: Decision): string =>
  `${what}: ${decision === 'accept' ? 'accepted' : 'refused'} by ${actor.role} ${actor.id}`;

/** One person's decision on what a maker asked for. */
export function decideAsk(run: LoanRun, ask: Ask, decision: Decision): Promise<DecisionOutcome> {
  return ask.kind === 'loan-extension'
    ? decideExtension(run, ask, decision)
    : decideDisbursement(run, ask, decision);
}

async function decideDisbursement(run: LoanRun, ask: Ask, decision: Decision): Promise<DecisionOutcome> {
  const summary = summaryOf('Disbursement', decision);
  const input = { loanId: run.loanId, decision };
  const decided = await passingRefusals(ledger.decideDisbursement.executeWithOptions({ summary }, [input]));
  const { approvalId, state, n, amount } = decided;
  ask.open = state === 'waiting';
  if (state === 'accepted') run.toDisburse = { approvalId, n, amount };
  return { approvalId, state };
}

async function decideExtension(run: LoanRun, ask: Ask, decision: Decision): Promise<DecisionOutcome> {
  const summary = summaryOf('Extension', decision);
  const input = { loanId: run.loanId, decision };
  const decided = await passingRefusals(ledger.decideExtension.executeWithOptions({ summary }, [input]));
  const { approvalId, state, fromEpoch, toEpoch } = decided;
  ask.open = state === 'waiting';
  if (state === 'accepted') run.moved = { fromEpoch, toEpoch, approvalId };
  return { approvalId, state };
}

/** Registers what staff may ask of a running loan's terms. */
export function listenForTerms(run: LoanRun, bell: Bell): void {
  setHandler(
    extendLoan,
    async (request: ExtensionRequest) => {
      const asked = await askExtension(run, request);
      bell.rung += 1;
      return asked;
    },
    {
      validator: (request: ExtensionRequest) => validateExtension(run, request),
      description: 'A maker asks to move the maturity',
    },
  );
  setHandler(
    disburseNext,
    async (request: HelpRequest) => {
      const asked = await askDisbursement(run, request);
      bell.rung += 1;
      return asked;
    },
    {
      validator: (request: HelpRequest) => validateDisbursement(run, request),
      description: 'A maker asks for the next disbursement',
    },
  );
}

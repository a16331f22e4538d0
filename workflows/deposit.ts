import {
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeDepositActivities } from '../activities/deposit';
import type { makePostActivities } from '../activities/mail-post';
import type { AttoText } from '../domain/money';
import { SA, look, standing, workflowIds, type Standing } from './handles';
import { OPTIONS } from './options';
import { startSweep } from './sweep-start';

export interface DepositInput {
  /** Identity of the transfer: message CID and depth-first place in its trace. */
  readonly cid: string;
  readonly index: number;
  readonly customerId: string;
}

export interface DepositOutcome {
  /** `replaced`: a reorg took it back and another final message used its sender's nonce. */
  readonly outcome: 'credited' | 'replaced';
  readonly amount: AttoText;
  readonly journalId: number | null;
}

const ledger = proxyActivities<
  ReturnType<typeof makeDepositActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);

/** Only a lost signal makes these matter: the first look again, and the longest wait between two. */
const LOOK_AGAIN_MS = { first: 15_000, most: 600_000 };

type View = Awaited<ReturnType<typeof ledger.readDeposit>>;

const STATES = { seen: 'confirming', orphaned: 'orphaned', final: 'credited', replaced: 'replaced' } as const;

function describe(view: View | null): Standing {
  if (view === null) return { state: 'seen', waitingFor: 'the first look', needsAction: null };
  const state = STATES[view.state];
  if (state === 'confirming') {
    const waitingFor = `finality: executed at epoch ${view.executedEpoch}, ${view.head - view.executedEpoch} epochs deep when last looked at`;
    return { state, waitingFor, needsAction: null };
  }
  if (state === 'orphaned')
    return { state, waitingFor: 'the chain turned: its message to be executed again', needsAction: null };
  return { state, waitingFor: null, needsAction: null };
}

/**
 * One arrival at a customer's address: waits for finality, at which chain-watch credits it once, then mails the
 * customer and sweeps the address. One that a reorg took back waits for as long as its sender's nonce is free.
 */
export async function deposit(input: DepositInput): Promise<DepositOutcome> {
  const { cid, index, customerId } = input;
  const { workflowId } = workflowInfo();
  let view: View | null = null;
  let rung = false;
  setHandler(look, () => void (rung = true));
  setHandler(standing, () => describe(view));
  const id = { cid, index };
  view = await ledger.openDeposit.executeWithOptions({ summary: 'Take up the arrival' }, [id]);
  for (let wait = LOOK_AGAIN_MS.first; ; wait = Math.min(wait * 2, LOOK_AGAIN_MS.most)) {
    upsertSearchAttributes([{ key: SA.state, value: STATES[view.state] }]);
    if (view.state === 'final' || view.state === 'replaced') break;
    await condition(() => rung, wait, { summary: 'Wait for finality, or for the chain to turn' });
    rung = false;
    view = await ledger.readDeposit.executeWithOptions({ summary: 'See where the arrival stands' }, [id]);
  }
  const { value: amount, journalId, address } = view;
  if (view.state === 'replaced') return { outcome: 'replaced', amount, journalId };
  const letter = { template: 'deposit-credited', data: { amount } } as const;
  const mail = {
    to: 'customer',
    ...letter,
    customerId,
    key: `${workflowIds.deposit(cid, index)}/mail`,
  } as const;
  const summary = 'Tell the customer that the deposit is credited';
  await ledger.postMail.executeWithOptions({ summary }, [mail]);
  await startSweep(address, `${workflowId}/sweep`);
  return { outcome: 'credited', amount, journalId };
}

/** One platform with a real worker on a devnet whose epochs go by, and borrowers who do as a row of the table says. */
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { Lotus } from '../../chain/lotus';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { newKey, sendMessage, signText, type Key, type Sent } from '../../bin/wallet-actions';
import { addressFrom, type Address } from '../../domain/address';
import { atto, attoText, coins, type Atto } from '../../domain/money';
import type { LoanState } from '../../domain/loan';
import type { loan } from '../../workflows/loan';
import type { ownerChallenge } from '../../workflows/loan-challenge';
import { standing, workflowIds } from '../../workflows/handles';
import { applyForLoan, challengeWorkflowId, forwardLoan } from '../../workflows/handles-loan';
import { makePlatform, type Platform } from '../watch/platform';
import { available, FINALITY } from '../watch/world';
import { agree, prepare, until } from './money';
import { aPacer } from './pacer';

export const LENT = coins(100n);
/** Longer than all that the table lets pass. */
const TERM = 1_000_000;
/** As the worker has it where nothing is configured: with more, no escrow's gas would be worth its way home. */
export const MAX_FEE = atto((coins(1n) * 7n) / 100n);
const MAKER = { id: 'olga', role: 'operator' };

export interface Borrower {
  /** Of the customer, of the loan and in the mail. */
  readonly id: string;
  readonly owner: Key;
  /** ID address of the owner. */
  readonly ownerId: Address;
  readonly operator: Key;
  /** Somebody else with FIL and an ID, who does as he says. */
  readonly friend: { readonly key: Key; readonly id: Address };
  readonly miner: Address;
}

export interface LoanFacts {
  readonly state: LoanState;
  readonly needs_action: string | null;
  readonly outcome: string | null;
  readonly committed: boolean;
  readonly escrow_address: string;
  readonly escrow_id_address: string;
  readonly repayment_address: string;
}

export interface Counterparty {
  readonly platform: Platform;
  readonly lotus: Lotus;
  readonly close: () => Promise<void>;
  /** Prepares an open customer with a miner; `start` waits until all of them are final. */
  readonly borrower: (id: string) => Promise<Borrower>;
  readonly start: () => Promise<void>;
  /** From the application to the offer of the escrow, with both approvals. */
  readonly offered: (who: Borrower) => Promise<LoanFacts>;
  /** From the offer to the FIL in the miner, as a good borrower does. */
  readonly lent: (who: Borrower) => Promise<LoanFacts>;
  /** Sends from a key and waits until it is executed with exit code 0. */
  readonly send: (key: Key, to: string, call: Call) => Promise<Sent>;
  readonly propose: (who: Borrower, owner: string) => Promise<Sent>;
  readonly read: (who: Borrower) => Promise<LoanFacts>;
  readonly inState: (who: Borrower, ...states: LoanState[]) => Promise<LoanFacts>;
  /** The loan stands on the home screen with a sentence like this. */
  readonly asking: (who: Borrower, sentence: RegExp) => Promise<string>;
  /** It does not stand there (any more). */
  readonly quiet: (who: Borrower) => Promise<void>;
  /** Takes the owner role back and waits for the end. */
  readonly takeBack: (who: Borrower, end: LoanState) => Promise<LoanFacts>;
  readonly mailsOf: (who: Borrower) => Promise<readonly string[]>;
  /** Waits until so many mails of the template have gone; by default one. */
  readonly mailed: (who: Borrower, template: string, times?: number) => Promise<void>;
  readonly messagesOf: (who: Borrower, kind: string) => Promise<readonly { readonly state: string }[]>;
  readonly ownerOf: (who: Borrower) => Promise<Address>;
  /** What the customer may take out, attoFIL. */
  readonly credit: (who: Borrower) => Promise<Atto>;
  /** Makes epochs by hand for a while: no other row's does. What makes epochs itself (`Devnet.*`) belongs in here. */
  readonly byHand: <T>(act: (mine: (n: number) => Promise<void>) => Promise<T>) => Promise<T>;
  /** Lets so many epochs pass at once, as null rounds, and makes them final. */
  readonly pass: (epochs: number) => Promise<void>;
  /** So that what is on chain now is final. */
  readonly settle: () => Promise<void>;
}

export interface Call {
  readonly value?: bigint;
  readonly method?: number;
  readonly params?: Uint8Array;
}

/** Starts it all. Close it in afterAll. */
export async function aCounterparty(): Promise<Counterparty> {
  const platform = await makePlatform({ maxFee: MAX_FEE });
  await platform.startWorker();
  const { client, knex, lotus, devnet } = platform;
  const pacer = aPacer(platform);
  await prepare(platform);
  const rich = async (): Promise<{ key: Key; id: Address }> => {
    const key = newKey((await lotus.network()).prefix);
    await devnet.control('Devnet.Fund', key.address, coins(1_000n).toString());
    const id = await lotus.lookupId(key.address, []);
    if (id === null) throw new Error(`${key.address} has no ID`);
    return { key, id };
  };
  const read = async ({ id }: Borrower): Promise<LoanFacts> => {
    const row = await knex<LoanFacts & { id: string }>('loan').where({ id }).first();
    if (!row) throw new Error(`there is no loan ${id}`);
    return row;
  };
  const inState = (who: Borrower, ...states: LoanState[]): Promise<LoanFacts> =>
    until(`loan ${who.id} to be ${states.join(' or ')}`, async () => {
      const facts = await knex<LoanFacts & { id: string }>('loan').where({ id: who.id }).first();
      return facts !== undefined && states.includes(facts.state) ? facts : undefined;
    });
  const heard = async ({ id }: Borrower, state: LoanState): Promise<void> => {
    const handle = client.workflow.getHandle(workflowIds.loan(id));
    await until(`the workflow of loan ${id} to be ${state}`, async () =>
      (await handle.query(standing)).state === state ? true : undefined,
    );
  };
  const listed = async ({ id }: Borrower): Promise<boolean> => {
    const query = "NeedsAction = true AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query }))
      if (workflowId === workflowIds.loan(id)) return true;
    return false;
  };
  const send = async (key: Key, to: string, call: Call): Promise<Sent> => {
    const sent = await sendMessage({ lotus, key, to, value: 0n, ...call });
    if (sent.exitCode !== 0) throw new Error(`${key.address} to ${to}: exit code ${sent.exitCode}`);
    return sent;
  };
  const propose = (who: Borrower, owner: string): Promise<Sent> =>
    send(who.owner, who.miner, { method: METHOD.changeOwner, params: changeOwnerParams(addressFrom(owner)) });
  const offered = async (who: Borrower): Promise<LoanFacts> => {
    const { id, miner, owner } = who;
    const workflowId = workflowIds.loan(id);
    const challenge = await client.workflow.execute<typeof ownerChallenge>('ownerChallenge', {
      taskQueue: 'core',
      workflowId: challengeWorkflowId(id),
      args: [{ loanId: id, customerId: id, miner }],
    });
    if ('refusal' in challenge) throw new Error(challenge.refusal);
    const startWorkflowOperation = new WithStartWorkflowOperation<typeof loan>('loan', {
      workflowId,
      taskQueue: 'core',
      args: [{ loanId: id }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    const proof = { address: owner.address, signature: signText(owner, challenge.text) };
    const terms = { amount: attoText(LENT), termEpochs: TERM, poolId: 'flexible' };
    await client.workflow.executeUpdateWithStart(applyForLoan, {
      args: [{ borrowerId: id, miner, ...terms, proof }],
      startWorkflowOperation,
    });
    const handle = client.workflow.getHandle(workflowId);
    await heard(who, 'preflight');
    await handle.executeUpdate(forwardLoan, { args: [{ actor: MAKER, reason: 'as it should be' }] });
    await agree(platform, id, workflowId);
    return inState(who, 'escrow_offered');
  };
  const mailsOf = async ({ id }: Borrower): Promise<readonly string[]> => {
    const rows = await knex<{ key: string; template: string }>('sent_mail')
      .where('key', 'like', `loan/${id}/%`)
      .orderBy('sent_at');
    return rows.map(({ template }) => template);
  };
  const ownerOf = async ({ miner }: Borrower): Promise<Address> =>
    (await lotus.minerPendingOwner(miner, [])).owner;
  const settle = async (): Promise<void> => {
    const { height } = await lotus.chainHead();
    await until(`epoch ${height} to be booked`, async () => {
      const cursor = await knex<{ executed: number }>('watch.cursor').first('executed');
      return (cursor?.executed ?? 0) > height ? true : undefined;
    });
  };
  return {
    platform,
    lotus,
    close: async () => {
      await pacer.stop();
      await platform.close();
    },
    read,
    inState,
    send,
    propose,
    offered,
    ownerOf,
    settle,
    byHand: pacer.byHand,
    start: settle,
    borrower: async (id) => {
      await platform.customer(id);
      const { key: owner, id: ownerId } = await rich();
      const { key: operator } = await rich();
      const friend = await rich();
      const wanted = { Owner: owner.address, Worker: operator.address, Available: coins(10n).toString() };
      const more = { Power: '1000', Sectors: 100 };
      const miner = String(await devnet.control('Devnet.CreateMiner', { ...wanted, ...more }));
      return { id, owner, ownerId, operator, friend, miner: addressFrom(miner) };
    },
    lent: async (who) => {
      const { escrow_id_address } = await inState(who, 'escrow_offered');
      await propose(who, escrow_id_address);
      const facts = await inState(who, 'active');
      await heard(who, 'active');
      return facts;
    },
    asking: (who, sentence) =>
      until(`loan ${who.id} asking ${String(sentence)}`, async () => {
        const { needs_action } = await read(who);
        if (needs_action === null || !sentence.test(needs_action)) return undefined;
        return (await listed(who)) ? needs_action : undefined;
      }),
    quiet: async (who) => {
      await until(`loan ${who.id} quiet`, async () =>
        (await read(who)).needs_action === null && !(await listed(who)) ? true : undefined,
      );
    },
    takeBack: async (who, end) => {
      const { miner, ownerId } = who;
      await inState(who, 'returning');
      await until(`the owner of ${miner} proposed back`, async () =>
        (await lotus.minerPendingOwner(miner, [])).pending === ownerId ? true : undefined,
      );
      await propose(who, ownerId);
      return inState(who, end);
    },
    mailsOf,
    mailed: async (who, template, times = 1) => {
      await until(`the mail ${template} to ${who.id}`, async () =>
        (await mailsOf(who)).filter((sent) => sent === template).length >= times ? true : undefined,
      );
    },
    messagesOf: async ({ id }, kind) =>
      knex<{ subject_id: string; kind: string; state: string }>('chain.message')
        .where({ subject_id: id, kind })
        .select('state'),
    credit: ({ id }) => available(knex, id),
    pass: (epochs) =>
      pacer.byHand(async (mine) => {
        await devnet.control('Devnet.NullRounds', epochs);
        await mine(FINALITY + 2);
      }),
  };
}

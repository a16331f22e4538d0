/** Withdrawals with all that they touch: a devnet, the signer, the books, and the workflows on a Temporal server. */
import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundle,
} from '@temporalio/worker';
import { makeApprovalActivities } from '../../activities/approval';
import { makeMailActivities } from '../../activities/mail';
import { makePostActivities } from '../../activities/mail-post';
import { makeReconciliationActivities } from '../../activities/reconciliation';
import { followOnce } from '../../activities/watch';
import { makeWithdrawalActivities } from '../../activities/withdrawal';
import {
  makeWithdrawalAddressActivities,
  makeWithdrawalAddressChainActivities,
} from '../../activities/withdrawal-address';
import { makeWithdrawalChainActivities } from '../../activities/withdrawal-chain';
import { newKey, signText, type Key } from '../../bin/wallet-actions';
import { coins } from '../../domain/money';
import { balance } from '../../ledger/read';
import { SEARCH_ATTRIBUTES } from '../../stack/temporal';
import { waitFor } from '../../stack/wait';
import { decide, workflowIds } from '../../workflows/handles';
import { proveAddress } from '../../workflows/handles-withdrawal';
import type { withdrawal } from '../../workflows/withdrawal';
import type { withdrawalAddress } from '../../workflows/withdrawal-address';
import { FINALITY, MAX_FEE, startChain, type Chain } from '../chain/a-chain';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { startTestServer } from '../support/temporal';
import { timeSkippingBundle } from '../support/time-skipping';
import { workflowBundle } from '../support/workflow-bundle';
import { makePolicy, text } from './books';

export type Handle = WorkflowHandle<typeof withdrawal> & { readonly id: string };
type AddressHandle = WorkflowHandle<typeof withdrawalAddress> & { readonly id: string };

/** A Temporal server with workers on it; `late`: its clock jumps over every wait. */
interface Lane {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export interface World {
  readonly chain: Chain;
  readonly client: Client;
  /** The same on a server whose time is skipped: nobody does anything in time. */
  readonly late: Client;
  readonly mails: string[];
  readonly policy: (change?: Parameters<typeof makePolicy>[1]) => Promise<number>;
  /** An open customer whose FIL came in on chain. */
  readonly customer: (id: string, fil: bigint) => Promise<void>;
  readonly list: (client: Client, customerId: string, address: string) => Promise<AddressHandle>;
  /** Lists the address of a new key, signed for. */
  readonly listKey: (customerId: string) => Promise<{ readonly id: string; readonly key: Key }>;
  readonly ask: (
    client: Client,
    wish: { customerId: string; addressId: string; amount: bigint },
  ) => Promise<Handle>;
  readonly row: (id: string) => Promise<Record<string, unknown>>;
  readonly inState: (id: string, state: string) => Promise<Record<string, unknown>>;
  /** The approval that waits for this withdrawal. */
  readonly approval: (id: string) => Promise<{ id: string; subject_hash: string; quorum: number }>;
  readonly decide: (
    handle: WorkflowHandle,
    approval: { id: string; subject_hash: string },
    by?: { actor?: string; role?: string; decision?: 'accept' | 'refuse'; hash?: string },
  ) => Promise<unknown>;
  /** Mines and books until all that was pushed is final. */
  readonly settle: () => Promise<void>;
  readonly follow: () => Promise<void>;
  readonly available: (customerId: string) => Promise<bigint>;
  readonly until: <T>(what: string, probe: () => Promise<T | undefined>) => Promise<T>;
  readonly reconcile: () => Promise<unknown>;
  /** Wraps what the node is asked about gas. */
  gas: { limit: number | null };
  readonly close: () => Promise<void>;
}

/** Neither cool-downs nor windows: those have tests of their own. */
const ROOMY = {
  ...{ coolDownSeconds: 0, credentialCoolDownSeconds: 0 },
  ...{ perCustomerHour: coins(1_000n), perCustomerDay: coins(1_000n) },
  ...{ platformHour: coins(1_000n), platformDay: coins(1_000n) },
};
const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;

async function startLane(
  address: string,
  namespace: string,
  workflowBundle: WorkflowBundle,
  activities: (client: Client) => Record<string, object>,
) {
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace });
  const common = { connection: native, namespace };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: 'core', workflowBundle }),
    ...Object.entries(activities(client)).map(([taskQueue, served]) =>
      Worker.create({ ...common, taskQueue, activities: served }),
    ),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  const lane: Lane = {
    client,
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await native.close();
      await connection.close();
    },
  };
  return lane;
}

async function lateNamespace(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]),
  );
  await connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  await connection.close();
  return 'default';
}

async function timelyNamespace(address: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const namespace = await ownNamespace(new Client({ connection }));
  await connection.close();
  return namespace;
}

/** Call `close` in afterAll. The policy has no cool-down; the hot wallet holds `hotFil`. */
export async function makeWorld(hotFil = 60n): Promise<World> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const [chain, skipping] = await Promise.all([startChain({ hotFil: 0n }), startTestServer()]);
  const { app: knex, lotus } = chain;
  const mails: string[] = [];
  const gas: World['gas'] = { limit: null };
  const send = ({ to, subject }: { to: string; subject: string }) => {
    mails.push(`${to}: ${subject}`);
    return Promise.resolve();
  };
  const chainDeps = { knex, lotus, config: { lotus: { maxFee: MAX_FEE, finalityEpochs: null } } };
  const activities = (client: Client) => ({
    ledger: {
      ...makeApprovalActivities({ knex }),
      ...makePostActivities({ client }),
      ...makeWithdrawalActivities({ knex }),
      ...makeWithdrawalAddressActivities({ knex }),
    },
    chain: {
      ...chain.messages,
      estimateMessage: async (input: { messageId: string }) => {
        const estimate = await chain.messages.estimateMessage(input);
        if (!estimate.ok || gas.limit === null) return estimate;
        return { ...estimate, gas: { ...estimate.gas, gasLimit: gas.limit } };
      },
      ...makeWithdrawalChainActivities(chainDeps),
      ...makeWithdrawalAddressChainActivities(chainDeps),
    },
    signer: chain.signer,
    mail: makeMailActivities({ knex, mailer: { send }, lotus }),
  });
  const { temporalAddress } = services();
  const [soon, late] = await Promise.all([
    startLane(temporalAddress, await timelyNamespace(temporalAddress), await workflowBundle(), activities),
    startLane(
      skipping.address,
      await lateNamespace(skipping.address),
      await timeSkippingBundle(),
      activities,
    ),
  ]);
  const follow = async (): Promise<void> => {
    for (let round = 0; round < 300; round += 1)
      if (!(await followOnce({ knex, lotus, finalityEpochs: null })).moved) return;
    throw new Error('there is always more to follow');
  };
  const settle = async (): Promise<void> => {
    await chain.mine(FINALITY + 2);
    await follow();
  };
  const until: World['until'] = (what, probe) => waitFor(probe, { what, timeoutMs: 60_000, everyMs: 100 });
  const policy: World['policy'] = (change = {}) => makePolicy(chain.admin, { ...ROOMY, ...change });
  await policy();
  await follow();
  if (hotFil > 0n) await chain.fund(chain.hot, hotFil);
  await settle();
  const list: World['list'] = async (client, customerId, address) => {
    const id = randomUUID();
    const handle = await client.workflow.start<typeof withdrawalAddress>('withdrawalAddress', {
      taskQueue: 'core',
      workflowId: workflowIds.withdrawalAddress(id),
      args: [{ addressId: id, customerId, name: 'home', address }],
    });
    return Object.assign(handle, { id });
  };
  const row: World['row'] = async (id) =>
    ((await knex('withdrawal').where({ id }).first()) ?? {}) as Record<string, unknown>;
  return {
    ...{
      chain,
      client: soon.client,
      late: late.client,
      mails,
      policy,
      list,
      row,
      settle,
      follow,
      until,
      gas,
    },
    customer: async (id, fil) => {
      const email = `${id}@example.com`;
      await chain.admin('registration').insert({ email, customer_id: id });
      await chain.admin('customer').insert({ id, email, state: 'open' });
      const { address } = await chain.addresses.assignDepositAddress({ customerId: id });
      await chain.fund(address, fil);
      await settle();
    },
    listKey: async (customerId) => {
      const key = newKey((await lotus.network()).prefix);
      const handle = await list(soon.client, customerId, key.address);
      const challenge = await until('the challenge', async () => {
        const found = await knex('withdrawal_address')
          .where({ id: handle.id, state: 'challenged' })
          .first<{ challenge: string } | undefined>('challenge');
        return found?.challenge;
      });
      const actor = { id: customerId, role: 'customer' };
      const signature = signText(key, challenge);
      await until('the address on the list', () =>
        handle.executeUpdate(proveAddress, { args: [{ actor, signature }] }),
      );
      return { id: handle.id, key };
    },
    ask: async (client, { customerId, addressId, amount }) => {
      const id = randomUUID();
      const handle = await client.workflow.start<typeof withdrawal>('withdrawal', {
        taskQueue: 'core',
        workflowId: workflowIds.withdrawal(id),
        args: [{ withdrawalId: id, customerId, addressId, amount: text(amount) }],
      });
      return Object.assign(handle, { id });
    },
    inState: (id, state) =>
      until(`the withdrawal ${state}`, async () => {
        const found = await row(id);
        return found['state'] === state ? found : undefined;
      }),
    approval: (id) =>
      until('the approval', () =>
        knex('approval')
          .where({ subject_id: id, state: 'waiting' })
          .first<{ id: string; subject_hash: string; quorum: number } | undefined>(),
      ),
    decide: (handle, approval, { actor = 'c1', role = 'checker', decision = 'accept', hash } = {}) =>
      handle.executeUpdate(decide, {
        args: [
          {
            ...{ approvalId: approval.id, decision, reason: 'as I see it' },
            subjectHash: hash ?? approval.subject_hash,
            actor: { id: actor, role },
          },
        ],
      }),
    available: async (owner) => (await balance(knex, { code: 'customer.available', owner })).available,
    reconcile: () => {
      const id = randomUUID();
      return makeReconciliationActivities({ knex, lotus }).reconcile({
        id,
        workflowId: `reconciliation/${id}`,
      });
    },
    close: async () => {
      await Promise.all([soon.close(), late.close()]);
      await skipping.stop();
      await chain.close();
    },
  };
}

export const FIL = coins(1n);

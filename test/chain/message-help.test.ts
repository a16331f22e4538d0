/** Every wait of a message in which it can be stuck: it says where and why, and takes what a person may then do. */
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { MessageInput, MessageOutcome } from '../../activities/message';
import { attoText, coins } from '../../domain/money';
import { temporalTestServer } from '../../stack/temporal-binary';
import { cancelAndRelease, decide, QUEUES, retryNow, SA, standing } from '../../workflows/handles';
import { timeSkippingBundle, untilHelp } from '../support/time-skipping';
import { GAS, progress, refusal, ROWS, type Fault, type Row } from './message-stuck';

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_BOOL, INDEXED_VALUE_TYPE_DATETIME } =
  temporal.api.enums.v1.IndexedValueType;
const TYPES = {
  KEYWORD: INDEXED_VALUE_TYPE_KEYWORD,
  BOOL: INDEXED_VALUE_TYPE_BOOL,
  DATETIME: INDEXED_VALUE_TYPE_DATETIME,
} as const;

const MAKER = { id: 'm1', role: 'operator' };
const CHECKER = { id: 'c1', role: 'checker' };

let env: TestWorkflowEnvironment;
let workers: Worker[];
let running: Promise<unknown>;
/** The fault that stands now. */
let fault: Fault = {};
let asked: string[] = [];
let approvalId = '';

const landed: MessageOutcome = {
  outcome: 'final',
  exitCode: 0,
  cid: 'bafy',
  includedEpoch: 10,
  executedEpoch: 11,
  returnData: null,
  gas: attoText(1n),
  value: attoText(coins(1n)),
  reason: null,
};

const GOOD: Fault = {
  draftMessage: () => ({ state: 'draft', openMs: 1_000, includedMs: 1_000 }),
  estimateMessage: () => ({ ok: true, gas: GAS }),
  signMessage: () => ({ attemptId: 1, cid: 'bafy', nonce: 7 }),
  pushMessage: () => ({ hint: 'pending' }),
  followMessage: () => ({ ...progress('final', null), landed }),
  replaceMessage: () => ({ attemptId: 2, cid: 'bafz', nonce: 7 }),
  cancelMessage: () => ({ state: 'cancelled' }),
  noteMessageNeeds: () => undefined,
  requestApproval: () => ({ subjectHash: 'hash' }),
  recordDecision: () => ({ approvalId, state: 'accepted' }),
  expireApproval: () => 'cancelled',
};

const activities = Object.fromEntries(
  Object.entries(GOOD).map(([name, good]) => [
    name,
    async (): Promise<unknown> => {
      asked.push(name);
      return Promise.resolve().then(fault[name] ?? good);
    },
  ]),
);

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const path = await temporalTestServer();
  env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(SA).map(({ name, type }) => [name, TYPES[type]])),
  });
  const workflowBundle = await timeSkippingBundle();
  workers = await Promise.all(
    QUEUES.map((taskQueue) =>
      Worker.create({
        connection: env.nativeConnection,
        taskQueue,
        ...(taskQueue === 'core' ? { workflowBundle } : { activities }),
      }),
    ),
  );
  running = Promise.all(workers.map((worker) => worker.run()));
}, 120_000);

afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await env.teardown();
});

type Handle = WorkflowHandle<() => Promise<MessageOutcome>>;

/** A message that moves FIL, in a world with the fault. */
function start(what: Fault, id: string, change: Partial<MessageInput> = {}): Promise<Handle> {
  fault = what;
  asked = [];
  const input: MessageInput = {
    ...{ id, kind: 'disburse', from: 'f1hot', to: 'f01000', value: attoText(coins(1n)), method: 0 },
    ...{ params: null, subjectKind: 'loan', subjectId: 'l1', summary: 'Lend 1 FIL', ...change },
  };
  const workflowId = `message/${id}`;
  return env.client.workflow.start<(input: MessageInput) => Promise<MessageOutcome>>('message', {
    ...{ taskQueue: 'core', workflowId, args: [input] },
  });
}

/** A message that moves FIL, stuck as the row says, with its sentence. */
async function stuck(row: Row, id: string): Promise<Handle> {
  const handle = await start(row.fault, id);
  expect(await untilHelp(env, handle)).toBe(row.sentence);
  expect(asked).toContain('noteMessageNeeds');
  return handle;
}

async function codeOf(update: Promise<unknown>): Promise<unknown> {
  const error: unknown = await update.then(
    () => 'taken',
    (thrown: unknown) => thrown,
  );
  return error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure
    ? error.cause.type
    : error;
}

/** One asks, and only another can agree: FIL would move. */
async function helped(handle: Handle, verb: typeof retryNow, mend: () => unknown): Promise<void> {
  const ask = (reason: string) => handle.executeUpdate(verb, { args: [{ actor: MAKER, reason }] });
  expect(await codeOf(ask(' '))).toBe('reason-required');
  const answer = await ask('I looked at it');
  approvalId = String(answer.approvalId);
  expect(asked).toContain('requestApproval');
  expect(await codeOf(ask('again'))).toBe('help-asked');
  const agree = (actor: typeof MAKER) =>
    handle.executeUpdate(decide, {
      args: [{ approvalId, actor, decision: 'accept', reason: 'seen it too', subjectHash: 'hash' }],
    });
  expect(await codeOf(agree({ ...MAKER, role: 'checker' }))).toBe('maker-is-checker');
  await mend();
  await agree(CHECKER);
}

const nameOf = ({ at }: Row, verb: string): string => `${at.replaceAll(' ', '-')}-${verb}`;

test.each(ROWS)(
  'stuck at $at: a person says why to try again, another agrees, and it goes on',
  async (row) => {
    const handle = await stuck(row, nameOf(row, 'retry'));
    if (!row.mayCancel) {
      const cancel = handle.executeUpdate(cancelAndRelease, { args: [{ actor: MAKER, reason: 'enough' }] });
      expect(await codeOf(cancel)).toBe('wrong-state');
    }
    await helped(handle, retryNow, () => {
      fault = {};
    });
    expect(await handle.result()).toMatchObject({ outcome: 'final' });
    expect((await handle.query(standing)).needsAction).toBeNull();
    expect(asked).not.toContain('cancelMessage');
  },
  120_000,
);

test.each(ROWS.filter(({ mayCancel }) => mayCancel))(
  'stuck at $at: or it is cancelled and released, by two people',
  async (row) => {
    const handle = await stuck(row, nameOf(row, 'cancel'));
    await helped(handle, cancelAndRelease, () => undefined);
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled', value: '0' });
    expect(asked).not.toContain('replaceMessage');
  },
  120_000,
);

const signMessage = (): never => {
  throw refusal('redemptions-waiting', 'Depositors wait.');
};

test.each([1, 3])('what has %d tries to be signed gives itself up after them', async (tries) => {
  const handle = await start({ signMessage }, `tries-${tries}`, { tries });
  const outcome = { outcome: 'cancelled', reason: 'Depositors wait.', outOfTries: true };
  expect(await handle.result()).toMatchObject(outcome);
  expect(asked.filter((what) => what === 'signMessage')).toHaveLength(tries);
  expect(asked.includes('noteMessageNeeds')).toBe(tries > 1);
  expect(asked.at(-1)).toBe('cancelMessage');
});

test('one whose tries are over waits for the second person all the same', async () => {
  const tries = 3;
  const handle = await start({ signMessage }, 'tries-asked', { tries });
  await untilHelp(env, handle, '1 second');
  await helped(handle, cancelAndRelease, async () => {
    for (let round = 0; round < 5; round += 1) await env.sleep('2 seconds');
    expect(asked.filter((what) => what === 'signMessage').length).toBeGreaterThan(tries);
    expect(asked).not.toContain('cancelMessage');
  });
  const outcome = await handle.result();
  expect(outcome).toMatchObject({ outcome: 'cancelled', reason: 'I looked at it' });
  expect(outcome.outOfTries).toBeUndefined();
});

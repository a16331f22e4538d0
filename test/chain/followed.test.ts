/** A message whose workflow somebody terminates: what sent it says so, and a person has the same message followed again. */
import type { MessageInput, MessageOutcome } from '../../activities/message';
import { attoText, coins } from '../../domain/money';
import { waitFor } from '../../stack/wait';
import {
  cancelAndRelease,
  decide,
  retryNow,
  standing,
  workflowIds,
  type Decision,
} from '../../workflows/handles';
import { codeOf } from '../loan/people';
import { aRealStage, type RealStage } from '../loan/stage';
import { CHECKER, MAKER } from '../loan/world';

let stage: RealStage;
beforeAll(async () => {
  stage = await aRealStage();
}, 120_000);
afterAll(() => stage.close());

const ONE = attoText(coins(1n));
const draft = (id: string): MessageInput => ({
  ...{ id, kind: 'sweep', from: 'f1from', to: 'f1hot', value: ONE, method: 0, params: null },
  ...{ subjectKind: 'sweep', subjectId: id, summary: 'One FIL to the hot wallet' },
});
const landed: MessageOutcome = {
  ...{ outcome: 'final', exitCode: 0, cid: 'bafy', includedEpoch: 1, executedEpoch: 2, returnData: null },
  ...{ gas: attoText(1n), value: ONE, reason: null },
};

/** Who sends it, with which message, what it answers, and what closes it in the books. */
const SENDERS = [
  ['sweep', { address: 'f1from', n: 1 }, 'sweep-f1from-1', 'swept', 'closeSweep'],
  ['custodyTransfer', { n: 1, direction: 'to-cold' }, 'to-cold-1', 'sent', 'closeCustodyTransfer'],
] as const;

const until = (what: string, holds: () => boolean | Promise<boolean>): Promise<unknown> =>
  waitFor(async () => ((await holds()) ? true : undefined), { what, timeoutMs: 60_000, everyMs: 100 });

test.each(SENDERS)('%s', async (type, input, messageId, end, closing) => {
  const asked: string[] = [];
  let held = true;
  let approvalId = '';
  const answers: Readonly<Record<string, (asked: { readonly id: string }) => unknown>> = {
    draftSweep: () => draft(messageId),
    readCustodyTransfer: () => ({ amount: ONE, from: 'f1hot', to: 'f1cold', hot: ONE, owed: '0' }),
    requestApproval: ({ id }) => {
      approvalId = id;
      return { subjectHash: 'hash' };
    },
    recordDecision: () => ({ approvalId, state: 'accepted' }),
    grantToCold: () => draft(messageId),
    landMessage: () => {
      if (held) throw new Error('not yet');
      return landed;
    },
    [closing]: () => null,
  };
  const activities = Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      async (given: { readonly id: string }): Promise<unknown> => {
        asked.push(name);
        return Promise.resolve(given).then(answer);
      },
    ]),
  );
  await stage.play({ activities }, async () => {
    const { client } = stage;
    const handle = await client.workflow.start<(given: unknown) => Promise<{ outcome: string }>>(type, {
      ...{ taskQueue: 'core', workflowId: `${type}/followed`, args: [input] },
    });
    if (type === 'custodyTransfer') {
      await until('the approval', () => approvalId !== '');
      const decision = {
        approvalId,
        actor: CHECKER,
        decision: 'accept',
        reason: 'spare',
        subjectHash: 'hash',
      };
      await handle.executeUpdate(decide, { args: [decision as Decision] });
    }
    const help = { args: [{ actor: MAKER, reason: 'it was me' }] } as const;
    const message = client.workflow.getHandle(workflowIds.message(messageId));
    await until('the message runs', () => asked.includes('landMessage'));
    expect(await codeOf(handle.executeUpdate(retryNow, { args: [...help.args] }))).toBe('wrong-state');
    await message.terminate('by hand');
    await until('help', async () => (await handle.query(standing)).needsAction !== null);
    expect((await handle.query(standing)).needsAction).toContain(`message ${messageId} gave no outcome`);
    expect(asked).not.toContain(closing);
    expect(await codeOf(handle.executeUpdate(cancelAndRelease, { args: [...help.args] }))).toBe(
      'wrong-state',
    );
    held = false;
    await handle.executeUpdate(retryNow, { args: [...help.args] });
    expect(await handle.result()).toMatchObject({ outcome: end });
    expect((await handle.query(standing)).needsAction).toBeNull();
  });
  expect(asked.filter((name) => name === closing)).toHaveLength(1);
});

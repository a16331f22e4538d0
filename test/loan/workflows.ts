/** The loan as it is, on a chain of one call: `message` asks a fake activity how each message ended. */
import { proxyActivities } from '@temporalio/workflow';
import type { MessageInput, MessageOutcome } from '../../activities/message';

export { loan } from '../../workflows/loan';
export { mail } from '../../workflows/mail';

interface FakeChain {
  landMessage(input: MessageInput): Promise<MessageOutcome>;
}

const { landMessage } = proxyActivities<FakeChain>({ taskQueue: 'chain', startToCloseTimeout: '1m' });

export async function message(input: MessageInput): Promise<MessageOutcome> {
  return landMessage(input);
}

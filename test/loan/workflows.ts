/** The loan, and what else sends messages, as they are, on a chain of one call: `message` asks a fake activity how each message ended. */
import { proxyActivities } from '@temporalio/workflow';
import type { MessageInput, MessageOutcome } from '../../activities/message';

export { custodyTransfer } from '../../workflows/custody-transfer';
export { loan } from '../../workflows/loan';
export { mail } from '../../workflows/mail';
export { sweep } from '../../workflows/sweep';

interface FakeChain {
  landMessage(input: MessageInput): Promise<MessageOutcome>;
}

const { landMessage } = proxyActivities<FakeChain>({ taskQueue: 'chain', startToCloseTimeout: '1m' });

export async function message(input: MessageInput): Promise<MessageOutcome> {
  return landMessage(input);
}

import { attoOf } from '../field/amount';
import type { Draft, Wrong } from './emailApplication';

const required = 'Needed.';
const messageIdForm = /^<[^<>\s]+@[^<>\s]+>$/;

/** What is wrong before anybody is asked, in one sentence a field; the server judges all of it again. */
export function faultsOf(draft: Draft): Wrong {
  const amount = attoOf(draft.amount);
  const wrong: Wrong = {};
  for (const field of ['borrowerId', 'miner', 'loanId', 'address', 'signature', 'subject'] as const)
    if (draft[field].trim() === '') wrong[field] = required;
  if (amount === null || amount === '0')
    wrong.amount = 'An amount above zero with at most 18 decimals, like 1,000.5';
  if (!/^[1-9]\d{0,9}$/.test(draft.termEpochs.trim()))
    wrong.termEpochs = 'A whole number of epochs above zero, like 518400';
  if (!messageIdForm.test(draft.messageId.trim()))
    wrong.messageId = 'As in the header of the mail: <…@…>, with its angle brackets';
  if (Number.isNaN(Date.parse(draft.receivedAt))) wrong.receivedAt = 'When the mail came: date and time';
  if (draft.content.trim() === '' && draft.attachmentSha256 === '')
    wrong.content = 'The text of the mail, or its attachment: one of them is kept as the evidence';
  return wrong;
}

/** The request's body; the draft has no faults. */
export function bodyOf(draft: Draft): object {
  const content = draft.content.trim();
  return {
    borrowerId: draft.borrowerId,
    loanId: draft.loanId.trim(),
    miner: draft.miner.trim(),
    amount: attoOf(draft.amount),
    termEpochs: Number(draft.termEpochs.trim()),
    proof: { address: draft.address.trim(), signature: draft.signature.trim() },
    email: {
      messageId: draft.messageId.trim(),
      subject: draft.subject.trim(),
      receivedAt: new Date(draft.receivedAt).toISOString(),
      ...(content === '' ? {} : { content }),
      ...(draft.attachmentSha256 === '' ? {} : { attachmentSha256: draft.attachmentSha256 }),
    },
  };
}

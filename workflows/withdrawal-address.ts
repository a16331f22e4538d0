/**
 * An address that a customer may withdraw to: looked at on the chain, signed for where its kind can, listed, cooled down.
 * The workflow lives as long as the address is on the list, and takes it off when it is told to.
 */
import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { makePostActivities } from '../activities/mail-post';
import type { MailContent } from '../activities/mail-templates';
import type {
  makeWithdrawalAddressActivities,
  makeWithdrawalAddressChainActivities,
  WithdrawalAddressStanding,
} from '../activities/withdrawal-address';
import { mayDo } from '../domain/permission';
import { REFUSALS } from '../domain/refusal';
import { SA, standing, workflowIds, type HelpRequest } from './handles';
import { proveAddress, removeAddress, type ProofInput } from './handles-withdrawal';
import { OPTIONS } from './options';
import { passingRefusals, refuse } from './refuse';

export interface WithdrawalAddressInput {
  readonly addressId: string;
  readonly customerId: string;
  readonly name: string;
  /** As the customer wrote it. */
  readonly address: string;
}

interface AddressRun {
  readonly input: WithdrawalAddressInput;
  now: WithdrawalAddressStanding | null;
  reason: string;
}

const ledger = proxyActivities<
  ReturnType<typeof makeWithdrawalAddressActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);
const chain = proxyActivities<ReturnType<typeof makeWithdrawalAddressChainActivities>>(OPTIONS.chain);

const SIGN_WITHIN = '1 day';
const WAITING: Readonly<Record<string, string>> = {
  asked: 'the chain to be looked at',
  challenged: 'the customer’s signature',
  listed: 'nothing; it is on the list',
};

const stateOf = ({ now }: AddressRun): string => now?.state ?? 'asked';
const isLive = (run: AddressRun): boolean => stateOf(run) === 'challenged' || stateOf(run) === 'listed';

function reached(run: AddressRun, next: WithdrawalAddressStanding): void {
  if (next.state !== stateOf(run)) upsertSearchAttributes([{ key: SA.state, value: next.state }]);
  run.now = next;
}

async function tell(run: AddressRun, step: string, content: MailContent): Promise<void> {
  const { addressId, customerId } = run.input;
  const key = `${workflowIds.withdrawalAddress(addressId)}/${step}`;
  const mail = { to: 'customer', customerId, key, ...content } as const;
  await ledger.postMail.executeWithOptions({ summary: `Mailed the customer: ${step}` }, [mail]);
}

function listenForProof(run: AddressRun): void {
  setHandler(
    proveAddress,
    async ({ signature }: ProofInput) => {
      const { addressId } = run.input;
      const summary = 'Check the signature and put the address on the list';
      const proved = ledger.proveWithdrawalAddress.executeWithOptions({ summary }, [
        { addressId, signature },
      ]);
      reached(run, await passingRefusals(proved));
      return { state: stateOf(run) };
    },
    {
      validator: ({ actor }: ProofInput) => {
        if (actor.id !== run.input.customerId) refuse('not-allowed');
        if (stateOf(run) !== 'challenged') refuse('wrong-state', `The address is ${stateOf(run)}.`);
      },
      description: 'Puts it on the list: its key signed the text',
    },
  );
}

function listenForRemoval(run: AddressRun): void {
  setHandler(
    removeAddress,
    async ({ actor, reason }: HelpRequest) => {
      const { addressId } = run.input;
      const summary = `Taken off the list by ${actor.role} ${actor.id}`;
      const removed = { addressId, state: 'removed', by: actor.id, reason } as const;
      reached(
        run,
        await passingRefusals(ledger.closeWithdrawalAddress.executeWithOptions({ summary }, [removed])),
      );
      run.reason = reason;
      return { state: stateOf(run) };
    },
    {
      validator: ({ actor, reason }: HelpRequest) => {
        if (actor.id !== run.input.customerId && !mayDo(actor.role, 'withdrawal:stop')) refuse('not-allowed');
        if (reason.trim() === '') refuse('reason-required');
        if (!isLive(run)) refuse('wrong-state', `The address is ${stateOf(run)}.`);
      },
      description: 'Takes it off the list: nothing leaves to it any more',
    },
  );
}

export async function withdrawalAddress(input: WithdrawalAddressInput): Promise<WithdrawalAddressStanding> {
  const run: AddressRun = { input, now: null, reason: '' };
  listenForProof(run);
  listenForRemoval(run);
  setHandler(standing, () => ({
    state: stateOf(run),
    waitingFor: WAITING[stateOf(run)] ?? null,
    needsAction: null,
  }));
  upsertSearchAttributes([
    { key: SA.state, value: 'asked' },
    { key: SA.customerRef, value: input.customerId },
  ]);
  const workflowId = workflowIds.withdrawalAddress(input.addressId);
  const summary = 'Look at the address on the finalised chain';
  const seen = await chain.examineWithdrawalAddress.executeWithOptions({ summary }, [
    { ...input, workflowId },
  ]);
  reached(run, seen);
  if (seen.state === 'challenged') await awaitProof(run, seen);
  if (stateOf(run) === 'listed') await onTheList(run);
  await condition(allHandlersFinished);
  const end = run.now ?? seen;
  const reason = end.code === null ? run.reason : REFUSALS[end.code].title;
  await tell(run, 'ended', { template: 'withdrawal-address-ended', data: { address: end.address, reason } });
  return end;
}

async function awaitProof(run: AddressRun, { address }: WithdrawalAddressStanding): Promise<void> {
  await tell(run, 'challenge', { template: 'withdrawal-address-challenge', data: { address } });
  const signed = (): boolean => stateOf(run) !== 'challenged';
  const inTime = await condition(signed, SIGN_WITHIN, { summary: 'Waiting for the customer’s signature' });
  await condition(allHandlersFinished);
  if (inTime || signed()) return;
  run.reason = 'Nobody signed for it within a day.';
  const expired = { addressId: run.input.addressId, state: 'expired', by: null, reason: run.reason } as const;
  reached(run, await ledger.closeWithdrawalAddress.executeWithOptions({ summary: run.reason }, [expired]));
}

/** Cools down, longer where the customer's way to sign in changes meanwhile; then stays until it is removed. */
async function onTheList(run: AddressRun): Promise<void> {
  const gone = (): boolean => stateOf(run) !== 'listed';
  let now = await current(run);
  const { address } = now;
  const from = now.usableFrom ?? '';
  await tell(run, 'listed', { template: 'withdrawal-address-listed', data: { address, from } });
  while (!gone() && now.coolMs > 0) {
    if (await condition(gone, now.coolMs, { summary: 'Cooling down before its first use' })) return;
    now = await current(run);
  }
  if (gone()) return;
  await tell(run, 'usable', { template: 'withdrawal-address-usable', data: { address } });
  await condition(gone);
}

async function current(run: AddressRun): Promise<WithdrawalAddressStanding> {
  const summary = 'From when on may it be used?';
  const now = await ledger.readWithdrawalAddress.executeWithOptions({ summary }, [run.input.addressId]);
  reached(run, now);
  return now;
}

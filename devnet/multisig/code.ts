import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { hash } from '../cid';
import { Abort, EXIT } from '../exit';
import { bigToBytes, tokenText } from '../token';
import type { ActorCode, Call, Outcome } from '../vm/call';
import { finish, paramsOf, readAddress, readToken, resolve, tuple } from '../vm/params';
import { GAS } from '../vm/prices';
import { ACTOR_ID, actorById, putActor, type Actor } from '../vm/state';
import type { MultisigState, Transaction } from './state';

const MAX_SIGNERS = 256;
const NOTHING = new Uint8Array();
const refuse = (exit: number, text: string): Abort => new Abort(exit, text);

function load(call: Call): { actor: Actor; state: MultisigState } {
  const actor = actorById(call.machine.state, call.self);
  if (actor?.multisig == null) throw new Error(`f0${call.self} is not a multisig`);
  return { actor, state: actor.multisig };
}

function save(call: Call, multisig: MultisigState): void {
  call.machine.charge(GAS.multisigWrite);
  const actor = actorById(call.machine.state, call.self);
  if (actor === undefined) throw new Error(`f0${call.self} is gone`);
  call.machine.state = putActor(call.machine.state, { ...actor, multisig });
}

function mustSigner(call: Call, state: MultisigState): void {
  if (state.signers.includes(call.caller)) return;
  throw refuse(EXIT.forbidden, `${idAddress(call.caller)} is not a signer`);
}

/** Constructor (1): `[signers, threshold, unlock duration, start epoch]`, called by Init. */
function construct(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 4);
  const given = Array.from({ length: reader.array() }, () => readAddress(reader));
  const threshold = Number(reader.int());
  reader.int();
  finish(reader, reader.int());
  if (call.caller !== ACTOR_ID.init) {
    throw refuse(EXIT.forbidden, `caller ${idAddress(call.caller)} is not one of supported`);
  }
  if (given.length === 0) throw refuse(EXIT.illegalArgument, 'Must have at least one signer');
  if (given.length > MAX_SIGNERS)
    throw refuse(EXIT.illegalArgument, `cannot add more than ${MAX_SIGNERS} signers`);
  const signers: number[] = [];
  for (const address of given) {
    const id = resolve(call, address);
    if (id === undefined) throw refuse(EXIT.illegalArgument, `failed to resolve addr ${address} to ID`);
    if (signers.includes(id)) throw refuse(EXIT.illegalArgument, `duplicate signer not allowed: ${address}`);
    signers.push(id);
  }
  if (threshold > signers.length) {
    throw refuse(EXIT.illegalArgument, 'must not require more approvals than signers');
  }
  if (threshold < 1) throw refuse(EXIT.illegalArgument, 'must require at least one approval');
  save(call, { signers, threshold, nextId: 0, pending: new Map() });
  return NOTHING;
}

interface Done extends Outcome {
  readonly applied: boolean;
}

const WAITING: Done = { applied: false, exit: EXIT.ok, ret: NOTHING };

/** Sends the payment when enough signers approve; its failure is an answer, not a refusal. */
function executeIfApproved(call: Call, id: number, txn: Transaction): Done {
  const { actor, state } = load(call);
  if (txn.approved.length < state.threshold) return WAITING;
  if (actor.balance < txn.value) {
    const facts = `current balance ${tokenText(actor.balance)} less than amount to spend ${tokenText(txn.value)}`;
    throw refuse(EXIT.userInsufficientFunds, `insufficient funds unlocked: ${facts}`);
  }
  const { to, value, method, params } = txn;
  const outcome = call.machine.send({ from: call.self, to, value, method, params });
  const after = load(call).state;
  save(call, { ...after, pending: new Map([...after.pending].filter(([held]) => held !== id)) });
  return { applied: true, ...outcome };
}

function addApproval(call: Call, id: number, txn: Transaction): Done {
  if (txn.approved.includes(call.caller)) {
    throw refuse(EXIT.forbidden, `${idAddress(call.caller)} already approved this message`);
  }
  const approved = { ...txn, approved: [...txn.approved, call.caller] };
  const { state } = load(call);
  save(call, { ...state, pending: new Map(state.pending).set(id, approved) });
  return executeIfApproved(call, id, approved);
}

/** Propose (2): `[to, value, method, params]` → `[id, applied, exit code, return]`. */
function propose(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 4);
  const to = readAddress(reader);
  const value = readToken(reader);
  const method = Number(reader.int());
  const params = finish(reader, reader.bytes());
  if (value < 0n) {
    throw refuse(EXIT.illegalArgument, `proposed value must be non-negative, was ${tokenText(value)}`);
  }
  const { state } = load(call);
  mustSigner(call, state);
  const id = state.nextId;
  const txn: Transaction = { to, value, method, params, approved: [] };
  save(call, { ...state, nextId: id + 1, pending: new Map(state.pending).set(id, txn) });
  const done = addApproval(call, id, txn);
  return encodeCbor([id, done.applied, done.exit, done.ret]);
}

/** What an approval may name, so that it cannot approve another proposal than the one that was read. */
function proposalHash(txn: Transaction): Uint8Array {
  const proposer = addressToBytes(idAddress(txn.approved[0] ?? 0));
  return hash(encodeCbor([proposer, addressToBytes(txn.to), bigToBytes(txn.value), txn.method, txn.params]));
}

function named(call: Call, purpose: string): { id: number; txn: Transaction } {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const id = Number(reader.int());
  const given = finish(reader, reader.bytes());
  const { state } = load(call);
  mustSigner(call, state);
  const txn = state.pending.get(id);
  if (txn === undefined) throw refuse(EXIT.notFound, `no such transaction TxnID(${id}) ${purpose}`);
  if (given.length > 0 && !Buffer.from(given).equals(proposalHash(txn))) {
    const text = 'hash does not match proposal params (ensure requester is an ID address)';
    throw refuse(EXIT.illegalArgument, text);
  }
  return { id, txn };
}

/** Approve (3): `[id, proposal hash or nothing]` → `[applied, exit code, return]`. */
function approve(call: Call): Uint8Array {
  const { id, txn } = named(call, 'for approval');
  const already = executeIfApproved(call, id, txn);
  const done = already.applied ? already : addApproval(call, id, txn);
  return encodeCbor([done.applied, done.exit, done.ret]);
}

/** Cancel (4): by the proposer. */
function cancel(call: Call): Uint8Array {
  const { id, txn } = named(call, 'to cancel');
  if (txn.approved[0] !== call.caller)
    throw refuse(EXIT.forbidden, 'Cannot cancel another signers transaction');
  const { state } = load(call);
  save(call, { ...state, pending: new Map([...state.pending].filter(([held]) => held !== id)) });
  return NOTHING;
}

const methods: ReadonlyMap<number, ActorCode> = new Map([
  [1, construct],
  [2, propose],
  [3, approve],
  [4, cancel],
]);
const FIRST_EXPORTED = 2 ** 24;

/** The multisig actor: proposals and approvals; like an account it takes any exported method in silence. */
export const multisigCode: ActorCode = (call) => {
  const run = methods.get(call.method);
  if (run !== undefined) return run(call);
  if (call.method >= FIRST_EXPORTED) return NOTHING;
  throw refuse(EXIT.unhandled, `invalid method: ${call.method}`);
};

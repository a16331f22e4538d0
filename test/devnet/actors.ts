import { addressFromBytes, parseAddress, addressToBytes, type Address } from '../../devnet/address';
import { encodeCbor, readCbor, type Cbor } from '../../devnet/cbor';
import { cidToBytes, type Cid } from '../../devnet/cid';
import {
  messageCid,
  signedJson,
  signedMessage,
  type Message,
  type SignedMessage,
} from '../../devnet/message';
import { addressOfPrivateKey, randomKey, sign, type KeyType } from '../../devnet/signature';
import { bigToBytes } from '../../devnet/token';
import type { Devnet } from './harness';

export const FIL = 10n ** 18n;
export const fil = (whole: number | bigint): string => (BigInt(whole) * FIL).toString();

export interface Person {
  readonly type: KeyType;
  readonly key: Uint8Array;
  readonly address: Address;
}

export function person(type: KeyType = 'secp256k1'): Person {
  const key = randomKey(type);
  return { type, key, address: addressOfPrivateKey(type, key) };
}

/** A person with money and therefore an id. */
export async function funded(
  devnet: Devnet,
  amount = fil(1000),
  type: KeyType = 'secp256k1',
): Promise<Person & { id: string }> {
  const who = person(type);
  await devnet.control('Fund', who.address, amount);
  return { ...who, id: await devnet.call<string>('StateLookupID', who.address, []) };
}

export type Draft = Partial<Omit<Message, 'to' | 'from' | 'params'>> & { to: string; params?: Uint8Array };

export const GAS = { gasLimit: 60_000_000, gasFeeCap: 2_000_000n, gasPremium: 150_000n };

export function signedBy(who: Person, draft: Draft, nonce = 0): SignedMessage {
  const m: Message = {
    version: 0,
    value: 0n,
    method: 0,
    params: new Uint8Array(),
    nonce,
    ...GAS,
    ...draft,
    from: who.address,
    to: parseAddress(draft.to),
  };
  return signedMessage(m, sign(who.type, who.key, cidToBytes(messageCid(m))));
}

export async function push(devnet: Devnet, who: Person, draft: Draft): Promise<SignedMessage> {
  const nonce = draft.nonce ?? (await devnet.call<number>('MpoolGetNonce', who.address));
  const signed = signedBy(who, draft, nonce);
  await devnet.call('MpoolPush', signedJson(signed));
  return signed;
}

/** The parts of a lookup and of an InvocResult that tests look at. */
export interface Lookup {
  readonly Message: { '/': string };
  readonly Receipt: { ExitCode: number; Return: string | null; GasUsed: number; EventsRoot: null };
  readonly TipSet: { '/': string }[];
  readonly Height: number;
}

export interface TraceJson {
  readonly Msg: { From: string; To: string; Value: string; Method: number };
  readonly MsgRct: { ExitCode: number; Return: string | null };
  readonly Subcalls: readonly TraceJson[] | null;
}

export interface Invocation {
  readonly MsgCid: { '/': string };
  readonly MsgRct: Lookup['Receipt'];
  readonly GasCost: Readonly<Record<'GasUsed' | 'MinerTip' | 'TotalCost' | 'Refund' | 'BaseFeeBurn', string>>;
  readonly ExecutionTrace: TraceJson;
  readonly Error: string;
}

export interface TipsetJson {
  readonly Cids: { '/': string }[];
  readonly Blocks: { Parents: { '/': string }[]; Timestamp: number; ParentBaseFee: string }[];
  readonly Height: number;
}

export interface Result {
  readonly exit: number;
  readonly ret: string | null;
  readonly gasUsed: number;
  /** The actor's words, without backtrace. */
  readonly said: string;
  readonly error: string;
  readonly replay: Invocation;
  readonly cid: string;
  readonly height: number;
}

/** The outcome of a message that is executed. */
export async function outcome(devnet: Devnet, signed: SignedMessage): Promise<Result> {
  const found = await devnet.call<Lookup>('StateSearchMsg', [], { '/': signed.cid }, -1, true);
  const replay = await devnet.call<Invocation>('StateReplay', [], { '/': signed.cid });
  const said = /-- (.*) \(\d+\)\n \(RetCode/.exec(replay.Error)?.[1] ?? '';
  const { ExitCode: exit, Return: ret, GasUsed: gasUsed } = found.Receipt;
  return { exit, ret, gasUsed, said, error: replay.Error, replay, cid: signed.cid, height: found.Height };
}

/** Pushes a message, mines it and its execution, and gives what came of it. */
export async function deliver(devnet: Devnet, who: Person, draft: Draft): Promise<Result> {
  const signed = await push(devnet, who, draft);
  await devnet.control('Mine', 2);
  return outcome(devnet, signed);
}

export const bytesOf = (address: string): Uint8Array => addressToBytes(parseAddress(address));
export const cbor = (value: Cbor): Uint8Array => encodeCbor(value);

export const ownerParams = (address: string): Uint8Array => cbor(bytesOf(address));
export const withdrawParams = (amount: bigint): Uint8Array => cbor([bigToBytes(amount)]);
export const beneficiaryParams = (address: string, quota: bigint, expiration: bigint | number): Uint8Array =>
  cbor([bytesOf(address), bigToBytes(quota), expiration]);

export const METHOD = {
  send: 0,
  changeWorker: 3,
  withdraw: 16,
  confirmWorker: 21,
  repayDebt: 22,
  changeOwner: 23,
  changeBeneficiary: 30,
  getBeneficiary: 31,
  getOwner: 3275365574,
  getAvailable: 4026106874,
} as const;

/** GetOwner through StateCall, as hex. */
export async function getOwner(devnet: Devnet, miner: string): Promise<string> {
  const { MsgRct } = await devnet.call<Invocation>(
    'StateCall',
    { From: 'f0100', To: miner, Method: METHOD.getOwner },
    [],
  );
  return Buffer.from(MsgRct.Return ?? '', 'base64').toString('hex');
}

export const hexOf = (value: Cbor): string => Buffer.from(encodeCbor(value)).toString('hex');

/** A multisig of these signers, made by one of them; gives its f2 address. */
export async function multisigOf(
  devnet: Devnet,
  maker: Person,
  signers: readonly string[],
  needed: number,
): Promise<string> {
  const codes = await devnet.call<Record<string, { '/': Cid }>>('StateActorCodeCIDs', 28);
  const constructor = cbor([signers.map(bytesOf), needed, 0, 0]);
  const params = cbor([{ link: codes['multisig']?.['/'] ?? ('' as Cid) }, constructor]);
  const made = await deliver(devnet, maker, { to: 'f01', method: 2, value: 10n * FIL, params });
  if (made.exit !== 0) throw new Error(`the multisig was not made: ${made.error}`);
  const reader = readCbor(Buffer.from(made.ret ?? '', 'base64'));
  reader.array();
  return addressFromBytes(reader.bytes());
}

/** `npm run wallet -- …`: play depositor and borrower by hand on any Lotus endpoint. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lotus, LotusError, makeLotus } from '../chain/lotus';
import { changeOwnerParams, METHOD, readAmountReturn, withdrawBalanceParams } from '../chain/method';
import { type Address, parseAddress } from '../domain/address';
import { formatCoins, parseCoins } from '../domain/money';
import { isRefusal } from '../domain/refusal';
import {
  type Key,
  newKey,
  printKey,
  readKey,
  sendMessage,
  type SendRequest,
  type SendStage,
  signText,
} from './wallet-actions';

const HELP = `npm run wallet -- COMMAND [options]

  new             make a key             --out FILE [--type secp256k1|bls] [--network f|t]
  address         its address, balance   --key FILE
  send            send FIL               --key FILE --to ADDRESS --amount FIL
  sign-challenge  sign a text            --key FILE --text TEXT
  propose-owner   offer the owner role   --key FILE --miner f0… --owner f0…
  confirm-owner   take the owner role    --key FILE --miner f0…
  withdraw        from a miner's balance --key FILE --miner f0… --amount FIL

  --rpc URL --token TOKEN   the node; default: that of the stack running here (.loanstone/stack.json)
  --final                   wait until the message is final, not only executed
  --gas-limit N             send it although the node says that it will fail
  --finality EPOCHS         final by depth instead of by the node's own word
  --json                    print one JSON document instead of sentences

A key file holds 64 hex digits (secp256k1: an f1 address), or what \`lotus wallet export\` prints, secp256k1 or
BLS (an f3 address). Amounts are in FIL: 1.5`;

const OPTIONS = {
  rpc: { type: 'string' },
  token: { type: 'string' },
  key: { type: 'string' },
  out: { type: 'string' },
  network: { type: 'string' },
  type: { type: 'string' },
  to: { type: 'string' },
  amount: { type: 'string' },
  text: { type: 'string' },
  miner: { type: 'string' },
  owner: { type: 'string' },
  final: { type: 'boolean' },
  finality: { type: 'string' },
  'gas-limit': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
type TextOption = 'key' | 'out' | 'to' | 'amount' | 'text' | 'miner' | 'owner';
type Outcome = Readonly<Record<string, unknown>>;

/** What the person typed is wrong: shown without a stack. */
class UsageError extends Error {}

interface Command {
  readonly values: Values;
  readonly need: (name: TextOption) => string;
  readonly say: (sentence: string) => void;
}

function keyFor(command: Command, prefix: 'f' | 't'): Key {
  return readKey(readFileSync(command.need('key'), 'utf8'), prefix);
}

function makeNew({ values, need, say }: Command): Outcome {
  const network = values.network ?? 'f';
  if (network !== 'f' && network !== 't') throw new UsageError('--network is f or t');
  const type = values.type ?? 'secp256k1';
  if (type !== 'secp256k1' && type !== 'bls') throw new UsageError('--type is secp256k1 or bls');
  const key = newKey(network, type);
  writeFileSync(need('out'), `${printKey(key)}\n`, { mode: 0o600, flag: 'wx' });
  say(`Address ${key.address}, its private key in ${need('out')}`);
  return { address: key.address, file: need('out') };
}

/** The node of --rpc and --token, else that of the stack that runs here. */
function node(values: Values): Lotus {
  if (values.rpc !== undefined) return makeLotus({ url: values.rpc, token: values.token });
  const file = join(process.env['LOANSTONE_DATA'] ?? '.loanstone', 'stack.json');
  if (!existsSync(file))
    throw new UsageError(`name a node by --rpc, or start the stack here: ${file} is missing`);
  const { lotus } = JSON.parse(readFileSync(file, 'utf8')) as { lotus: { rpc: string; token: string } };
  return makeLotus({ url: lotus.rpc, token: values.token ?? lotus.token });
}

function readAddress(text: string, prefix: 'f' | 't'): Address {
  const address = parseAddress(text, prefix);
  if (isRefusal(address)) throw new UsageError(`${text}: ${address.detail}`);
  return address;
}

function readAmount(command: Command): bigint {
  const amount = parseCoins(command.need('amount'));
  if (amount === null) throw new UsageError('--amount is in FIL, like 1.5, with at most 18 decimals');
  return amount;
}

function readCount(text: string | undefined, option: string): number | null {
  if (text === undefined) return null;
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw new UsageError(`${option} is a whole number`);
  return Number(text);
}

async function showAddress(command: Command): Promise<Outcome> {
  const lotus = node(command.values);
  const { prefix, name } = await lotus.network();
  const { address } = keyFor(command, prefix);
  const [balance, id, nonce] = await Promise.all([
    lotus.walletBalance(address),
    lotus.lookupId(address, []),
    lotus.mpoolNonce(address),
  ]);
  command.say(`${address} holds ${formatCoins(balance)} FIL on ${name}`);
  command.say(
    id === null ? 'It has no ID yet: nothing has arrived there' : `Its ID is ${id}, its next nonce ${nonce}`,
  );
  return { address, id, balance: balance.toString(), nonce, network: name };
}

async function signChallenge(command: Command): Promise<Outcome> {
  const prefix = command.values.network === 't' ? 't' : 'f';
  const key = keyFor(command, prefix);
  const signature = signText(key, command.need('text'));
  command.say(signature);
  return Promise.resolve({ address: key.address, signature });
}

type Call = Pick<SendRequest, 'to' | 'value' | 'method' | 'params'>;

async function callOf(name: string, command: Command, lotus: Lotus, key: Key): Promise<Call> {
  const { prefix } = await lotus.network();
  if (name === 'send') return { to: readAddress(command.need('to'), prefix), value: readAmount(command) };
  const to = readAddress(command.need('miner'), prefix);
  if (name === 'withdraw') {
    return {
      to,
      value: 0n,
      method: METHOD.withdrawBalance,
      params: withdrawBalanceParams(readAmount(command)),
    };
  }
  const owner =
    name === 'propose-owner'
      ? readAddress(command.need('owner'), prefix)
      : await lotus.lookupId(key.address, []);
  if (owner === null) throw new UsageError(`${key.address} has no ID on chain yet: send it some FIL first`);
  return { to, value: 0n, method: METHOD.changeOwner, params: changeOwnerParams(owner) };
}

async function sendCall(name: string, command: Command): Promise<Outcome> {
  const { values, say } = command;
  const lotus = node(values);
  const { prefix } = await lotus.network();
  const key = keyFor(command, prefix);
  const call = await callOf(name, command, lotus, key);
  const finalityEpochs = readCount(values.finality, '--finality');
  const gasLimit = readCount(values['gas-limit'], '--gas-limit');
  const sent = await sendMessage({
    lotus,
    key,
    ...call,
    ...(values.final === true || finalityEpochs !== null ? { finality: { finalityEpochs } } : {}),
    ...(gasLimit === null ? {} : { gasLimit }),
    onStage: teller(say),
  });
  if (sent.exitCode !== 0) process.exitCode = 2;
  const amount =
    name !== 'withdraw' || sent.exitCode !== 0 || sent.returned === null
      ? null
      : readAmountReturn(sent.returned);
  if (amount !== null) say(`The miner paid ${formatCoins(amount)} FIL to its beneficiary`);
  const { cid, nonce, exitCode, gasUsed, executedEpoch } = sent;
  const common = { from: key.address, to: call.to, cid, nonce, exitCode, gasUsed, executedEpoch };
  return amount === null ? common : { ...common, paid: amount.toString() };
}

/** Turns stages into sentences; waiting is said once a head. */
function teller(say: (sentence: string) => void): (stage: SendStage) => void {
  return (stage) => {
    if (stage.stage === 'signed') say(`Signed with nonce ${stage.nonce}: ${stage.cid}`);
    else if (stage.stage === 'waiting')
      say(`… waiting for its execution, the head is at epoch ${stage.headEpoch}`);
    else if (stage.stage === 'finalising')
      say(`… waiting for finality, the head is at epoch ${stage.headEpoch}`);
    else if (stage.exitCode === 0) say(`Executed at epoch ${stage.epoch}`);
    else say(`Executed at epoch ${stage.epoch}, refused by the actor: exit code ${stage.exitCode}`);
  };
}

function run(name: string, command: Command): Outcome | Promise<Outcome> {
  switch (name) {
    case 'new':
      return makeNew(command);
    case 'address':
      return showAddress(command);
    case 'sign-challenge':
      return signChallenge(command);
    case 'send':
    case 'propose-owner':
    case 'confirm-owner':
    case 'withdraw':
      return sendCall(name, command);
    default:
      throw new UsageError(`there is no command ${name}`);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (values.help === true || name === undefined) {
    console.log(HELP);
    return;
  }
  if (rest.length > 0) throw new UsageError(`what is ${rest.join(' ')}?`);
  const need = (option: TextOption): string => {
    const value = values[option];
    if (value === undefined) throw new UsageError(`${name} needs --${option}`);
    return value;
  };
  const say = (sentence: string): void => {
    if (values.json !== true) console.log(sentence);
  };
  const outcome = await run(name, { values, need, say });
  if (values.json === true) console.log(JSON.stringify(outcome));
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${HELP}`);
  else if (error instanceof LotusError && error.code === 3)
    console.error(`It would fail on chain: ${error.text}`);
  else console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});

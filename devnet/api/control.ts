import { idAddress, idIn, type Address } from '../address';
import type { AutoMiner } from '../automine';
import { OperationRefused, type NewMiner, type Operation } from '../chain/operation';
import { tipsetJson, type Tipset } from '../chain/tipset';
import { HOW, type Faults, type How } from '../faults';
import type { Message } from '../message';
import { ReorgRefused, type Node } from '../node';
import { address, bigInt, bool, field, kindOf, uint64, type Decoder } from '../rpc/decode';
import { BadParam, RpcFailure, WrongKind } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { nonNegative } from './control-params';
import { signBy } from './wallet';

const FEE_CAP_FACTOR = 20n;
const PREMIUM = 200_000n;
const GAS_LIMIT = 20_000_000;

function asObject(value: unknown, name: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new WrongKind(kindOf(value), name);
  return value;
}

const newMiner: Decoder<NewMiner> = {
  go: '*devnet.Miner',
  read: (value) => {
    const source = asObject(value, 'devnet.Miner');
    const amount = (name: string): bigint => field(source, 'Miner', name, nonNegative, 0n);
    const owner = field(source, 'Miner', 'Owner', address, '' as Address);
    if (owner === '') throw new BadParam('Owner is missing');
    const worker = field(source, 'Miner', 'Worker', address, owner);
    return {
      owner,
      worker,
      available: amount('Available'),
      pledge: amount('Pledge'),
      locked: amount('Locked'),
      power: amount('Power'),
      sectors: field(source, 'Miner', 'Sectors', uint64, 0),
    };
  },
};

interface Plant {
  readonly method: string;
  readonly times: number;
  readonly how: How;
}

const plant: Decoder<Plant> = {
  go: '*devnet.Fail',
  read: (value) => {
    const source = asObject(value, 'devnet.Fail');
    const name: unknown = Reflect.get(source, 'method');
    const how = HOW.find((known) => known === Reflect.get(source, 'how'));
    if (typeof name !== 'string' || how === undefined)
      throw new BadParam(`method and how (${HOW.join(', ')}) are needed`);
    return { method: name, times: field(source, 'Fail', 'times', uint64, 1), how };
  },
};

function minerId(who: Address): number {
  const id = idIn(who);
  if (id === null) throw new RpcFailure(`${who} is not an ID address`);
  return id;
}

/** A refusal of the chain becomes an application error. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof OperationRefused || error instanceof ReorgRefused)
      throw new RpcFailure(error.message);
    throw error;
  }
}

/** A real message from the faucet, mined together with its execution. */
function fund(node: Node, to: Address, value: bigint): Tipset {
  const baseFee = node.chain.baseFeeAfter(node.chain.head());
  const gasFeeCap = baseFee * FEE_CAP_FACTOR + PREMIUM;
  const m: Message = {
    version: 0,
    to,
    from: node.faucet,
    nonce: node.mempool.nonce(node.faucet),
    value,
    gasLimit: GAS_LIMIT,
    gasFeeCap,
    gasPremium: PREMIUM,
    method: 0,
    params: new Uint8Array(),
  };
  node.push(m, signBy(node, node.faucet, m), false);
  node.mine();
  return node.mine();
}

/** The control namespace: what a test does to the chain. Every call mines what it needs. */
export function controlMethods(node: Node, miner: AutoMiner, faults: Faults): Methods {
  const show = (t: Tipset): Record<string, unknown> => tipsetJson(t, node.chain.clock);
  const operate = (operation: Operation): Tipset => guarded(() => node.operate(operation));
  const onMiner = (kind: 'reward' | 'pledge' | 'debt' | 'faults' | 'power') =>
    method('control', [address, bigInt], (who, amount) =>
      show(operate({ kind, miner: minerId(who), amount })),
    );
  return {
    Mine: method('control', [uint64], (count) => {
      for (let i = 0; i < count; i++) node.mine();
      return show(node.chain.head());
    }),
    AutoMine: method('control', [uint64], (ms) => miner.every(ms)),
    NullRounds: method('control', [uint64], (count) => show(node.mine(count))),
    Fund: method('control', [address, nonNegative], (to, amount) => show(fund(node, to, amount))),
    CreateMiner: method('control', [newMiner], (wanted) => {
      const made = operate({ kind: 'miner', miner: wanted }).before.state;
      return idAddress(made.nextId - 1);
    }),
    Pledge: onMiner('pledge'),
    Reward: onMiner('reward'),
    FeeDebt: onMiner('debt'),
    Faults: onMiner('faults'),
    Power: onMiner('power'),
    Reorg: method('control', [uint64], (depth) => show(guarded(() => node.reorg(depth)))),
    DropMempool: method('control', [], () => node.dropMempool()),
    BaseFee: method('control', [nonNegative], (fee) => {
      // Nothing lets the fee move by itself again.
      node.holdBaseFee(fee === 0n ? null : fee);
      return show(node.mine());
    }),
    Stall: method('control', [bool], (on) => faults.stall(on)),
    Fail: method('control', [plant], ({ method: name, times, how }) => faults.plant(name, times, how)),
  };
}

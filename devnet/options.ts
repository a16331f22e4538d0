import { parseArgs } from 'node:util';
import type { Prefix } from './address';

/** An allocation in the genesis state; amounts in attoFIL. */
export interface Allocation {
  readonly address: string;
  readonly amount: bigint;
}

export interface GenesisMiner {
  readonly owner: string;
  readonly worker: string;
  readonly available: bigint;
}

export interface Options {
  readonly port: number;
  readonly host: string;
  readonly controlToken: string | null;
  /** Milliseconds between tipsets; 0: only when asked for. */
  readonly epochMs: number;
  readonly finality: number;
  readonly network: Prefix;
  readonly networkName: string;
  readonly genesisTime: number | null;
  readonly epochSeconds: number;
  readonly data: string;
  /** In auto mode about one in so many heights is a null round; 0: none. */
  readonly nullEvery: number;
  readonly fund: readonly Allocation[];
  readonly miners: readonly GenesisMiner[];
}

const USAGE = `devnet: a simulated Lotus node
  --port N            0 picks a free one (default 1234)
  --host H            (default 127.0.0.1)
  --control-token T   turns the Devnet namespace on
  --epoch-ms N        time between tipsets, 0: only when asked for (default 0)
  --epoch-seconds N   seconds of chain time an epoch has (default 30)
  --finality N        epochs (default 900)
  --network f|t       prefix of addresses (default f)
  --network-name S    what StateNetworkName answers (default mainnet for f, calibrationnet for t)
  --genesis-time S    unix seconds (default: now, kept in the data folder)
  --data DIR          (default .devnet)
  --null-every N      a null round about every N heights in auto mode, 0: none (default 20)
  --fund A:ATTO       a genesis allocation, repeatable
  --miner O,W,ATTO    a genesis miner: owner, worker, available balance; repeatable`;

/** A start option that cannot be used. */
export class OptionError extends Error {
  constructor(message: string) {
    super(`${message}\n${USAGE}`);
    this.name = 'OptionError';
  }
}

function whole(name: string, value: string | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (!/^\d+$/.test(value)) throw new OptionError(`--${name} must be a whole number, got ${value}`);
  return Number(value);
}

function atto(name: string, value: string | undefined): bigint {
  if (value === undefined || !/^\d+$/.test(value))
    throw new OptionError(`--${name}: amounts are whole attoFIL`);
  return BigInt(value);
}

function fund(text: string): Allocation {
  const [address, amount, ...more] = text.split(':');
  if (address === undefined || more.length > 0)
    throw new OptionError(`--fund wants address:atto, got ${text}`);
  return { address, amount: atto('fund', amount) };
}

function miner(text: string): GenesisMiner {
  const [owner, worker, amount] = text.split(',');
  if (owner === undefined || worker === undefined)
    throw new OptionError(`--miner wants owner,worker,atto, got ${text}`);
  return { owner, worker, available: atto('miner', amount) };
}

const text = { type: 'string' } as const;
const many = { type: 'string', multiple: true } as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        port: text,
        host: text,
        'control-token': text,
        'epoch-ms': text,
        'epoch-seconds': text,
        finality: text,
        network: text,
        'network-name': text,
        'genesis-time': text,
        data: text,
        'null-every': text,
        fund: many,
        miner: many,
      },
    }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

/** Reads the command line; throws OptionError. */
export function readOptions(argv: readonly string[]): Options {
  const given = parse(argv);
  const network = given.network ?? 'f';
  if (network !== 'f' && network !== 't') throw new OptionError(`--network must be f or t, got ${network}`);
  const genesis = given['genesis-time'];
  const epochSeconds = whole('epoch-seconds', given['epoch-seconds'], 30);
  if (epochSeconds < 1) throw new OptionError('--epoch-seconds must be at least 1');
  return {
    port: whole('port', given.port, 1234),
    host: given.host ?? '127.0.0.1',
    controlToken: given['control-token'] ?? null,
    epochMs: whole('epoch-ms', given['epoch-ms'], 0),
    finality: whole('finality', given.finality, 900),
    network,
    networkName: given['network-name'] ?? (network === 'f' ? 'mainnet' : 'calibrationnet'),
    genesisTime: genesis === undefined ? null : whole('genesis-time', genesis, 0),
    epochSeconds,
    data: given.data ?? '.devnet',
    nullEvery: whole('null-every', given['null-every'], 20),
    fund: (given.fund ?? []).map(fund),
    miners: (given.miner ?? []).map(miner),
  };
}

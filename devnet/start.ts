import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { parseAddress, useNetwork } from './address';
import { chainMethods } from './api/chain';
import { controlMethods } from './api/control';
import { executeMethods } from './api/execute';
import { channelMethods } from './api/channel';
import { f3Methods } from './api/f3';
import { gasMethods } from './api/gas';
import { historyMethods } from './api/history';
import { marketMethods } from './api/market';
import { minerMethods } from './api/miner';
import { mpoolMethods } from './api/mpool';
import { multisigMethods } from './api/multisig';
import { nodeMethods } from './api/node';
import { searchMethods } from './api/search';
import { stateMethods } from './api/state';
import { walletMethods } from './api/wallet';
import { decodeParamsMethods } from './api/decode-params';
import { makeFaults } from './faults';
import type { Genesis } from './genesis';
import { makeAutoMiner } from './automine';
import { makeNode } from './node';
import type { Options } from './options';
import { makeServer } from './rpc/http';
import type { Methods, Permission } from './rpc/method';
import { makeTokens, upTo } from './rpc/token';
import { openStore, type Store } from './store';
import { openWallet, type Wallet } from './wallet';

/** The line that is printed when the node is ready. */
export interface Ready {
  readonly rpc: string;
  readonly network: string;
  readonly tokens: Readonly<Record<Permission, string>>;
}

export interface Devnet {
  readonly ready: Ready;
  readonly stop: () => Promise<void>;
}

const GENESIS = 'genesis.json';
const SECRET = 'secret.json';
const SECRET_BYTES = 32;

/** The genesis of this data folder: made once, then read. */
function loadGenesis(store: Store, wallet: Wallet, options: Options): Genesis {
  const known = store.read(GENESIS) as Genesis | null;
  if (known !== null) return known;
  const made: Genesis = {
    time: options.genesisTime ?? Math.floor(Date.now() / 1000),
    allocations: options.fund.map((one) => ({
      address: parseAddress(one.address),
      amount: one.amount.toString(),
    })),
    miners: options.miners.map((one) => ({
      owner: parseAddress(one.owner),
      worker: parseAddress(one.worker),
      available: one.available.toString(),
    })),
    faucet: wallet.create('secp256k1').address,
    worker: wallet.create('bls').address,
  };
  store.write(GENESIS, made);
  return made;
}

function loadSecret(store: Store): Uint8Array {
  const known = store.read(SECRET) as { readonly secret: string } | null;
  if (known !== null) return Buffer.from(known.secret, 'hex');
  const secret = randomBytes(SECRET_BYTES);
  store.write(SECRET, { secret: secret.toString('hex') });
  return secret;
}

const named = (namespace: string, methods: Methods): Methods =>
  Object.fromEntries(Object.entries(methods).map(([name, method]) => [`${namespace}.${name}`, method]));

/** Opens the data folder, brings the chain back and listens. */
export async function startDevnet(options: Options): Promise<Devnet> {
  useNetwork(options.network);
  const store = openStore(options.data);
  const wallet = openWallet(store);
  const node = makeNode(options, loadGenesis(store, wallet, options), store, wallet);
  const tokens = makeTokens(loadSecret(store));
  const miner = makeAutoMiner(node, Date.now);
  const faults = makeFaults();
  const methods: Methods = {
    ...named('Filecoin', {
      ...chainMethods(node),
      ...searchMethods(node),
      ...stateMethods(node),
      ...minerMethods(node),
      ...marketMethods(node),
      ...multisigMethods(node),
      ...historyMethods(node),
      ...f3Methods(),
      ...channelMethods(),
      ...executeMethods(node),
      ...decodeParamsMethods(node),
      ...gasMethods(node),
      ...mpoolMethods(node),
      ...walletMethods(node),
      ...nodeMethods(node, tokens, new Date()),
    }),
    ...(options.controlToken === null ? {} : named('Devnet', controlMethods(node, miner, faults))),
  };
  const server = makeServer({
    tokens,
    controlToken: options.controlToken,
    handler: { methods, intercept: faults.intercept },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  miner.every(options.epochMs);
  return {
    ready: {
      rpc: `http://${options.host}:${port}/rpc/v1`,
      network: options.networkName,
      tokens: {
        admin: tokens.issue(upTo('admin')),
        sign: tokens.issue(upTo('sign')),
        write: tokens.issue(upTo('write')),
        read: tokens.issue(upTo('read')),
      },
    },
    stop: async () => {
      miner.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      store.close();
    },
  };
}

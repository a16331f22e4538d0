/** A devnet, a database and the signer's activities, driven by hand: no tipset and no booking but those asked for. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secp256k1 } from '@noble/curves/secp256k1';
import type { Knex } from 'knex';
import { makeAddressActivities } from '../../activities/address';
import { makeMessageActivities, type GasText, type MessageInput } from '../../activities/message';
import { makeReconciliationActivities } from '../../activities/reconciliation';
import { makeSignerActivities, type SignerDeps } from '../../activities/signer';
import { followOnce } from '../../activities/watch';
import type { WalkDeps } from '../../activities/watch-walk';
import { createKeystore, openKeystore } from '../../chain/keystore';
import { makeLotus, type Lotus } from '../../chain/lotus';
import { signMessage, toLotusSigned } from '../../chain/message';
import { makeKnex } from '../../db/knex';
import { addressFrom, secp256k1Address, type Address } from '../../domain/address';
import { atto, coins, type Atto } from '../../domain/money';
import { introduce } from '../../workers/signer';
import { freshDatabase } from '../support/database';
import { startDevnet, type DevnetOptions, type TestDevnet } from '../support/devnet';

export const FINALITY = 10;
const MAX_FEE = coins(1n);

/** Somebody outside, with a key of their own. */
export interface Outsider {
  readonly address: Address;
  /** Signs with the next nonce (or this one) and pushes; gives the signed CID. */
  readonly send: (to: string, value: bigint, options?: SendOptions) => Promise<string>;
}

interface SendOptions {
  readonly nonce?: number;
  readonly method?: number;
  readonly params?: Uint8Array;
  /** Gas premium, attoFIL a unit; a replacement must bid more. */
  readonly premium?: bigint;
}

/** What differs from a sweep of everything; with `gas` no estimate is asked for, so that it may fail on chain. */
type OwnInput = Partial<MessageInput> & Pick<MessageInput, 'id' | 'from' | 'to'> & { readonly gas?: GasText };

export interface World {
  readonly devnet: TestDevnet;
  readonly lotus: Lotus;
  /** The application's role. */
  readonly knex: Knex;
  /** Superuser: for what no role of the product may do. */
  readonly admin: Knex;
  readonly deps: WalkDeps;
  readonly appUrl: string;
  /** The signer's activities, for a worker of the queue `signer`. */
  readonly signer: ReturnType<typeof makeSignerActivities>;
  readonly signerDeps: SignerDeps;
  readonly hot: Address;
  readonly mine: (n?: number) => Promise<void>;
  /** Follows until there is nothing to do. */
  readonly follow: () => Promise<void>;
  /** Mines until everything sent so far is final, following as it goes. */
  readonly settle: () => Promise<void>;
  readonly depositAddress: (customerId: string) => Promise<Address>;
  readonly derive: (kind: 'escrow' | 'repayment', loanId: string) => Promise<Address>;
  /** Somebody with this many FIL. */
  readonly outsider: (fil?: bigint) => Promise<Outsider>;
  /** Somebody holding one of OUR keys: what must never happen. */
  readonly thief: (kind: 'hot' | 'escrow', index: number) => Outsider;
  /** Writes the draft of a message of ours; the same one again changes nothing. */
  readonly draftOwn: (message: Omit<OwnInput, 'gas'>) => Promise<void>;
  /** Drafts, signs and pushes a message of ours; gives its CID. */
  readonly sendOwn: (message: OwnInput) => Promise<string>;
  readonly reconcile: () => Promise<
    Awaited<ReturnType<ReturnType<typeof makeReconciliationActivities>['reconcile']>>
  >;
  readonly close: () => Promise<void>;
}

export interface WorldOptions extends DevnetOptions, Pick<WalkDeps, 'compareUpTo'> {
  /** Of one message, for the signer and who estimates, attoFIL. */
  readonly maxFee?: Atto;
}

/** Starts a world; call `close` in afterAll. */
export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const [database, devnet] = await Promise.all([
    freshDatabase(),
    startDevnet({ finality: FINALITY, ...options }),
  ]);
  const knex = makeKnex(database.appUrl);
  const signerKnex = makeKnex(database.signerUrl);
  const admin = makeKnex(database.adminUrl, { poolMax: 2 });
  const lotus = makeLotus({ url: devnet.rpc, token: devnet.tokens.write });
  const path = join(mkdtempSync(join(tmpdir(), 'loanstone-keys-')), 'keystore.json');
  const secret = { path, passphrase: 'a passphrase for tests', testScryptN: 1024 };
  await createKeystore(secret);
  const keystore = await openKeystore(secret);
  const hot = await introduce(signerKnex, keystore, lotus);
  const { compareUpTo = 200, maxFee = MAX_FEE } = options;
  const deps: WalkDeps = { knex, lotus, compareUpTo, finalityEpochs: null };
  const signerDeps: SignerDeps = {
    knex: signerKnex,
    lotus,
    keystore,
    maxFee,
    finalityEpochs: null,
    stalledEpochs: 20,
  };
  const signer = makeSignerActivities(signerDeps);
  const config = { lotus: { maxFee }, stuckEpochs: 100, waitCapSeconds: 1 };
  const messages = makeMessageActivities({ knex, lotus, config });
  const follow = async (): Promise<void> => {
    for (let round = 0; round < 500; round += 1) if (!(await followOnce(deps)).moved) return;
    throw new Error('followed for 500 rounds without an end');
  };
  const mine = async (n = 1): Promise<void> => {
    await devnet.control('Devnet.Mine', n);
  };
  const draftOwn = async (partial: Omit<OwnInput, 'gas'>): Promise<void> => {
    const message: MessageInput = {
      kind: 'sweep',
      value: 'everything',
      method: 0,
      params: null,
      subjectKind: 'address',
      subjectId: partial.from,
      summary: 'a message of a test',
      ...partial,
    };
    await messages.draftMessage({ workflowId: `message/${message.id}`, message });
  };
  await follow();
  return {
    devnet,
    lotus,
    knex,
    admin,
    deps,
    appUrl: database.appUrl,
    signer,
    signerDeps,
    hot,
    mine,
    follow,
    settle: async () => {
      await mine(FINALITY + 2);
      await follow();
    },
    depositAddress: async (customerId) =>
      (await makeAddressActivities({ knex, lotus }).assignDepositAddress({ customerId })).address,
    derive: async (kind, loanId) =>
      (await signer.deriveAddress({ kind, ownerKind: 'loan', ownerId: loanId })).address,
    outsider: async (fil = 1_000n) => {
      const key = secp256k1.utils.randomSecretKey();
      const { prefix } = await lotus.network();
      const address = secp256k1Address(secp256k1.getPublicKey(key, false), prefix);
      await devnet.control('Devnet.Fund', address, coins(fil).toString());
      return sender(lotus, address, (message) => signMessage(message, key));
    },
    thief: (kind, index) => {
      const address = keystore.address(kind, index, hot.startsWith('t') ? 't' : 'f');
      return sender(lotus, address, (message) => keystore.sign(message, kind, index));
    },
    draftOwn,
    sendOwn: async ({ gas, ...partial }) => {
      const messageId = partial.id;
      await draftOwn(partial);
      const estimate = gas ? { ok: true as const, gas } : await messages.estimateMessage({ messageId });
      if (!estimate.ok) throw new Error(estimate.reason);
      const { cid } = await signer.signMessage({ messageId, gas: estimate.gas });
      await messages.pushMessage({ messageId });
      return cid;
    },
    reconcile: () => {
      const id = randomBytes(8).toString('hex');
      return makeReconciliationActivities({ knex, lotus }).reconcile({
        id,
        workflowId: `reconciliation/${id}`,
      });
    },
    close: async () => {
      await Promise.all([knex.destroy(), signerKnex.destroy(), admin.destroy(), devnet.stop()]);
      await database.drop();
    },
  };
}

function sender(
  lotus: Lotus,
  address: Address,
  sign: (message: Parameters<typeof signMessage>[0]) => ReturnType<typeof signMessage>,
): Outsider {
  return {
    address,
    send: async (to, value, options = {}) => {
      const { nonce = await lotus.mpoolNonce(address), method = 0, params = new Uint8Array() } = options;
      const gasPremium = options.premium ?? 150_000n;
      const call = { from: address, to: addressFrom(to), value, method, params, nonce };
      const gas = { gasLimit: 10_000_000, gasFeeCap: 2_000_000_000n + gasPremium, gasPremium };
      return lotus.mpoolPush(toLotusSigned(sign({ ...call, ...gas })));
    },
  };
}

/** A customer's available balance by the books, attoFIL. */
export async function available(knex: Knex, customerId: string): Promise<Atto> {
  return balanceOf(knex, 'customer.available', customerId);
}

/** An account's balance on its normal side, attoFIL. */
export async function balanceOf(knex: Knex, code: string, owner: string): Promise<Atto> {
  const result = await knex.raw<{ rows: { balance: string }[] }>(
    `SELECT abs(b.debits_posted - b.credits_posted)::text AS balance FROM ledger.account a
     JOIN ledger.balance b ON b.account_id = a.id WHERE a.code = ? AND a.owner = ?`,
    [code, owner],
  );
  return atto(BigInt(result.rows[0]?.balance ?? '0'));
}

/** A devnet, a database and both sides of a message: the signer with a keystore, and the worker without one. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { makeAddressActivities } from '../../activities/address';
import { makeMessageActivities, type MessageInput } from '../../activities/message';
import { makeSignerActivities, type SignerDeps } from '../../activities/signer';
import { createKeystore, type Keystore, openKeystore } from '../../chain/keystore';
import { type Lotus, makeLotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import type { Address } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { introduce } from '../../workers/signer';
import { freshDatabase, type TestDatabase } from '../support/database';
import { type DevnetOptions, startDevnet, type TestDevnet } from '../support/devnet';

export const FINALITY = 10;
export const STUCK_EPOCHS = 3;
export const MAX_FEE = coins(1n);
/** As cheap as scrypt goes: these seeds hold nothing. */
export const TEST_SCRYPT_N = 1024;

export interface Chain {
  readonly devnet: TestDevnet;
  readonly database: TestDatabase;
  readonly lotus: Lotus;
  readonly keystore: Keystore;
  readonly keystorePath: string;
  readonly signerDeps: SignerDeps;
  readonly signer: ReturnType<typeof makeSignerActivities>;
  readonly messages: ReturnType<typeof makeMessageActivities>;
  readonly addresses: ReturnType<typeof makeAddressActivities>;
  /** The application's role, the signer's, and a superuser. */
  readonly app: Knex;
  readonly signerKnex: Knex;
  readonly admin: Knex;
  readonly hot: Address;
  readonly escrow: Address;
  readonly mine: (epochs?: number) => Promise<void>;
  readonly fund: (to: Address, fil: bigint) => Promise<void>;
  /** Drafts a message: by default 1 FIL from the hot wallet to the escrow. */
  readonly draft: (id: string, change?: Partial<MessageInput>) => Promise<void>;
  /** Estimates and signs. */
  readonly sign: (id: string) => Promise<Awaited<ReturnType<Chain['signer']['signMessage']>>>;
  readonly close: () => Promise<void>;
}

export interface ChainOptions extends DevnetOptions {
  readonly hotFil?: bigint;
}

export const PASSPHRASE = 'a passphrase for tests';

/** Starts it all, with 100 FIL in the hot wallet or as many as are named; call `close` in afterAll. */
export async function startChain({ hotFil = 100n, ...options }: ChainOptions = {}): Promise<Chain> {
  const [database, devnet] = await Promise.all([
    freshDatabase(),
    startDevnet({ finality: FINALITY, ...options }),
  ]);
  const app = makeKnex(database.appUrl);
  const signerKnex = makeKnex(database.signerUrl);
  const admin = makeKnex(database.adminUrl, { poolMax: 2 });
  const lotus = makeLotus({ url: devnet.rpc, token: devnet.tokens.write, timeoutMs: 3_000 });
  const keystorePath = join(mkdtempSync(join(tmpdir(), 'loanstone-keys-')), 'keystore.json');
  const secret = { path: keystorePath, passphrase: PASSPHRASE, testScryptN: TEST_SCRYPT_N };
  await createKeystore(secret);
  const keystore = await openKeystore(secret);
  const signerDeps = {
    knex: signerKnex,
    lotus,
    keystore,
    maxFee: MAX_FEE,
    finalityEpochs: null,
    stalledEpochs: 20,
  };
  const signer = makeSignerActivities(signerDeps);
  const config = { lotus: { maxFee: MAX_FEE }, stuckEpochs: STUCK_EPOCHS, waitCapSeconds: 1 };
  const messages = makeMessageActivities({ knex: app, lotus, config });
  const hot = await introduce(signerKnex, keystore, lotus);
  const { address: escrow } = await signer.deriveAddress({
    kind: 'escrow',
    ownerKind: 'loan',
    ownerId: 'l1',
  });
  const fund = async (to: Address, fil: bigint): Promise<void> => {
    await devnet.control('Devnet.Fund', to, coins(fil).toString());
  };
  if (hotFil > 0n) await fund(hot, hotFil);
  return {
    ...{ devnet, database, lotus, keystore, keystorePath, signerDeps, signer, messages },
    ...{ app, signerKnex, admin, hot, escrow, fund },
    addresses: makeAddressActivities({ knex: app, lotus }),
    mine: async (epochs = 1) => {
      await devnet.control('Devnet.Mine', epochs);
    },
    draft: async (id, change = {}) => {
      const message: MessageInput = {
        ...{ id, kind: 'fund', from: hot, to: escrow, value: attoText(coins(1n)), method: 0, params: null },
        ...{ subjectKind: 'loan', subjectId: 'l1', summary: 'A test' },
        ...change,
      };
      await messages.draftMessage({ workflowId: `message/${id}`, message });
    },
    sign: async (id) => {
      const estimate = await messages.estimateMessage({ messageId: id });
      if (!estimate.ok) throw new Error(estimate.reason);
      return signer.signMessage({ messageId: id, gas: estimate.gas });
    },
    close: async () => {
      await Promise.all([app.destroy(), signerKnex.destroy(), admin.destroy()]);
      await devnet.stop();
      await database.drop();
    },
  };
}

/** What is wanted of a row in a test; reads as superuser. */
export interface Rows {
  readonly attempts: (id: string) => Promise<readonly AttemptRow[]>;
  readonly slots: () => Promise<readonly number[]>;
  readonly nextNonce: (of?: string) => Promise<number>;
  readonly stateOf: (id: string) => Promise<string>;
}

export interface AttemptRow {
  readonly id: number;
  readonly message_id: string;
  readonly nonce: number;
  readonly cid_signed: string;
  readonly gas_limit: number;
  readonly fee_cap: string;
  readonly premium: string;
  readonly supersedes: number | null;
}

/** Reads of the outbox's tables. */
export function rowsOf({ admin, hot }: Chain): Rows {
  return {
    attempts: (id) => admin<AttemptRow>('chain.attempt').where({ message_id: id }).orderBy('id'),
    slots: async () => {
      const rows = await admin<{ sender: string; nonce: number }>('chain.nonce_slot')
        .where({ sender: hot })
        .orderBy('nonce');
      return rows.map(({ nonce }) => nonce);
    },
    nextNonce: async (of = hot) => {
      const row = await admin<{ address: string; next_nonce: number }>('chain.sender')
        .where({ address: of })
        .first();
      return row?.next_nonce ?? -1;
    },
    stateOf: async (id) => {
      const row = await admin<{ id: string; state: string }>('chain.message').where({ id }).first();
      return row?.state ?? 'none';
    },
  };
}

/** Gas that any message of these tests fits into. */
export const GAS = { gasLimit: 10_000_000, gasFeeCap: '1000000', gasPremium: '200000' };

/** The refusal code that an activity failed with, or 'none' where it did not. */
export async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ApplicationFailure && typeof error.type === 'string') return error.type;
    throw error;
  }
  return 'none';
}

/** A loan in the books with a real miner on a devnet that our "escrow" owns: a key of the test stands for the signer's. */
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Knex } from 'knex';
import {
  makeAlertActivities,
  makeCollateralActivities,
  type CollateralRead,
  type ReadCollateral,
} from '../../activities/collateral';
import { makeLotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { insertLoan, keepChallenge, moveLoan } from '../../db/loan';
import { saveDisbursement } from '../../db/loan-facts';
import type { LoanState } from '../../domain/loan';
import { attoText } from '../../domain/money';
import { fil, funded, type Person } from '../devnet/actors';
import { startDevnet, type Devnet } from '../devnet/harness';
import { freshDatabase } from '../support/database';

export const FINALITY = 2;

export type Who = Person & { id: string };

export interface Collateral {
  readonly devnet: Devnet;
  readonly knex: Knex;
  /** Superuser. */
  readonly admin: Knex;
  readonly activities: ReturnType<typeof makeCollateralActivities> & ReturnType<typeof makeAlertActivities>;
  /** Reads once, as the workflow's activity does. */
  readonly read: (input?: Partial<ReadCollateral>) => Promise<CollateralRead>;
  /** Makes all that has happened final. */
  readonly settle: () => Promise<void>;
  /** A loan that is active, its miner owned by the escrow. */
  readonly lend: (id: string, escrow: Who, miner: string) => Promise<void>;
  readonly miner: (owner: Who, more?: Record<string, unknown>) => Promise<string>;
  readonly person: (type?: 'secp256k1' | 'bls') => Promise<Who>;
  readonly close: () => Promise<void>;
}

const WAY: readonly LoanState[] = [
  'preflight',
  'in_approval',
  'approved',
  'escrow_offered',
  'escrow_proposed',
  'escrow_confirmed',
  'disbursing',
  'active',
];

/** A loan that has come to "active" on its way, without chain or workflow. */
export async function insertActive(
  knex: Knex,
  id: string,
  miner: string,
  escrow: { readonly address: string; readonly id: string },
): Promise<void> {
  const challenge = { loan_id: id, customer_id: 'ada', miner, nonce: id, text: id, expiry_epoch: 9 };
  await keepChallenge(knex, challenge);
  await knex.transaction((trx) =>
    insertLoan(trx, {
      id,
      borrowerId: 'ada',
      miner,
      amount: fil(100),
      termEpochs: 1000,
      poolId: 'flexible',
      bucket: 'standard',
      proof: { address: escrow.address, signature: '01aa' },
    }),
  );
  for (const state of WAY) {
    const offered = {
      owner_before: 'f0100',
      escrow_address: `${escrow.address}-${id}`,
      escrow_id_address: escrow.id,
      repayment_address: `repay-${id}`,
    };
    const patch = state === 'escrow_offered' ? offered : {};
    await knex.transaction((trx) => moveLoan(trx, id, state, { step: state, sentence: state }, patch));
  }
}

/** Starts devnet and database. Call `close` in afterAll. */
export async function aCollateral(intervalEpochs = 1): Promise<Collateral> {
  const [devnet, database] = await Promise.all([startDevnet(), freshDatabase()]);
  const knex = makeKnex(database.appUrl);
  const admin = makeKnex(database.adminUrl);
  await admin('registration').insert({ email: 'ada@example.com', customer_id: 'ada' });
  await admin('customer').insert({ id: 'ada', email: 'ada@example.com', state: 'open' });
  const lotus = makeLotus({ url: devnet.url, token: devnet.tokens.read });
  const config = {
    lotus: { finalityEpochs: FINALITY, maxFee: 1n },
    waitCapSeconds: 1,
    escrowGas: 1n,
    collateralIntervalEpochs: intervalEpochs,
  };
  const deps = { knex, lotus, config };
  const activities = { ...makeCollateralActivities(deps), ...makeAlertActivities(deps) };
  const settle = async (): Promise<void> => {
    await devnet.control('Mine', FINALITY + 2);
  };
  return {
    devnet,
    knex,
    admin,
    activities,
    settle,
    read: (input = {}) =>
      new MockActivityEnvironment().run(activities.readCollateral, { last: null, now: true, ...input }),
    lend: async (id, escrow, miner) => {
      await insertActive(knex, id, miner, escrow);
      await knex.transaction((trx) =>
        saveDisbursement(trx, {
          loan_id: id,
          n: 1,
          amount: attoText(100n),
          message_id: `m-${id}`,
          cid: `c-${id}`,
          included_epoch: 1,
          executed_epoch: 2,
          available_after: '0',
          pledge_after: '0',
        }),
      );
    },
    miner: (owner, more = {}) =>
      devnet.control<string>('CreateMiner', {
        Owner: owner.id,
        Worker: owner.id,
        Available: fil(10),
        Power: '1000',
        Sectors: 100,
        ...more,
      }),
    person: (type) => funded(devnet, undefined, type),
    close: async () => {
      await knex.destroy();
      await admin.destroy();
      await Promise.all([devnet.stop(), database.drop()]);
    },
  };
}

/** The pool against an independent recomputation from journals, rate versions and epochs alone. */
import type { Knex } from 'knex';
import { comparePool, queryOf } from '../../test/support/oracle-compare';
import type { Play } from './play';

/** Checks that every stored figure of the pool equals the oracle's, bit for bit. */
export async function checkOracle(play: Play, when: string): Promise<void> {
  const differences = await comparePool(play.query, 'flexible');
  const seen = differences.length === 0 ? 'bit for bit' : differences.join('; ');
  play.report.check(`The pool equals the oracle's recomputation ${when}`, seen, 'bit for bit');
}

/** Every stored figure of the flexible pool that differs from the oracle's, as sentences. */
export function poolDifferences(knex: Knex): Promise<readonly string[]> {
  return comparePool(queryOf(knex), 'flexible');
}

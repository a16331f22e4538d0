import knex, { type Knex } from 'knex';
import { TypeOverrides, types } from 'pg';

/** int8 as a number; amounts are numeric and stay strings, so only counters and epochs come this way. */
function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 outside the safe integers: ${text}`);
  return value;
}

export interface KnexOptions {
  /** Upper bound of open connections; default 10. None is kept open while idle. */
  readonly poolMax?: number;
  /** Shown in pg_stat_activity, so that a lock can be traced to its part. */
  readonly applicationName?: string;
}

/**
 * The one way to a database. Parsers are set per connection, not in pg's global table: numeric stays a decimal
 * string, int8 becomes a safe integer or throws.
 */
export function makeKnex(url: string, options: KnexOptions = {}): Knex {
  const parsers = new TypeOverrides();
  parsers.setTypeParser(types.builtins.INT8, parseSafeInteger);
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: options.applicationName ?? 'loanstone',
      // knex names the format a string; pg asks for text or binary only
      types: {
        getTypeParser: (oid, format) => parsers.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
      },
    },
    pool: { min: 0, max: options.poolMax ?? 10 },
  });
}

/** The whole demo: a chain, the product on it, the play, the verdict. */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeLotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import type { Progress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { readChainFile, spelledFor, type ChainFile } from './chain-file';
import { startOwnDevnet } from './devnet';
import { loginsOf } from './logins';
import { signInStaff } from './people';
import type { Decide, Play, Staff } from './play';
import { perform } from './script';
import { makeReport, type Check } from './report';
import { makeWaiter } from './wait';

export interface DemoOptions {
  /** Path of a chain file; none: an own devnet. */
  readonly chain: string | undefined;
  /** Where all data goes; none: a fresh temporary folder. */
  readonly data: string | undefined;
  readonly quiet: boolean;
  readonly progress: Progress;
  /** How the loan is approved; default: through the API. */
  readonly decideLoan?: (baseUrl: string, staff: Staff) => Decide;
  readonly onUp?: (stack: Stack) => void;
  /** Raised to stop: the play then ends with an error. */
  readonly signal: AbortSignal;
}

export interface DemoResult {
  readonly ok: boolean;
  readonly checks: readonly Check[];
  readonly notes: Readonly<Record<string, unknown>>;
  readonly stack: Stack;
  /** Ends the stack and the demo's own devnet. */
  readonly stop: () => Promise<void>;
}

const STEPS = 15;
/** A node that is busy for a moment does not end the play. */
const PATIENCE = { timeoutMs: 30_000, tries: 5 } as const;

function given(chain: ChainFile): void {
  process.env['LOTUS_RPC_URL'] = chain.rpc;
  process.env['LOTUS_RPC_TOKEN'] = chain.token;
  if (chain.finalityEpochs === null) delete process.env['FINALITY_EPOCHS'];
  else process.env['FINALITY_EPOCHS'] = String(chain.finalityEpochs);
}

function makeQuery(ownerUrl: string): { query: Play['query']; close: () => Promise<void> } {
  const knex = makeKnex(ownerUrl, { poolMax: 2, applicationName: 'loanstone-demo' });
  return {
    query: async (sql, params = []) => {
      const named = Object.fromEntries(params.map((value, i) => [`p${String(i + 1)}`, value]));
      const answer = await knex.raw<{ rows: Record<string, unknown>[] }>(
        sql.replaceAll(/\$(\d)/g, ':p$1'),
        named,
      );
      return answer.rows;
    },
    close: () => knex.destroy(),
  };
}

const decideThroughApi =
  (_baseUrl: string, staff: Staff): Decide =>
  async (id, verdict, reason) => {
    const approval = await staff.checker.get(`/admin/v1/approvals/${id}`);
    await staff.checker.post(`/admin/v1/approvals/${id}/${verdict}`, {
      reason,
      subjectHash: approval['subjectHash'],
    });
  };

/** Plays the demo; throws where the play cannot go on, and leaves nothing running then. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'loanstone-demo-'));
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
  const report = makeReport({ quiet: options.quiet, steps: STEPS });
  const devnet = options.chain === undefined ? await startOwnDevnet(folder) : null;
  const file = devnet?.chain ?? readChainFile(options.chain ?? '');
  given(file);
  let stack: Stack | null = null;
  const stop = async () => {
    await stack?.stop();
    await devnet?.child.stop();
  };
  try {
    stack = await startStack({
      dataFolder: join(folder, 'data'),
      progress: options.progress,
      signal: options.signal,
    });
    options.onUp?.(stack);
    const info = stack.info();
    const logins = loginsOf(info.logins);
    const baseUrl = info.urls.app;
    const lotus = makeLotus({ url: file.rpc, token: file.token, ...PATIENCE });
    const chain = spelledFor((await lotus.network()).prefix, file);
    const staff = await signInStaff(baseUrl, logins);
    const { query, close } = makeQuery(info.database.owner);
    const waiter = makeWaiter(
      options.signal,
      async () => (await lotus.chainHead()).height,
      (text) => report.progress(text),
    );
    const decideLoan = (options.decideLoan ?? decideThroughApi)(baseUrl, staff);
    try {
      await perform({ baseUrl, report, waiter, chain, lotus, query, staff, decideLoan }, info);
    } finally {
      await close();
    }
    const ok = report.checks.length > 0 && report.checks.every((check) => check.ok);
    return { ok, checks: report.checks, notes: report.notes, stack, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

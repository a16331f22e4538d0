/** `npm run bench -- NAME`: measures, writes docs/figures/NAME.json with commit, machine and raw runs, prints the figures. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accrual } from './bench/accrual';
import { crash } from './bench/crash';
import { ledger } from './bench/ledger';
import { loans } from './bench/loans';
import { commit, machine } from './bench/machine';
import { memory } from './bench/memory';
import { publicApi } from './bench/public';
import { queue } from './bench/queue';
import { reconciliation } from './bench/reconciliation';
import { story } from './bench/story';

/** What a bench gives: `figures` to quote, `runs` as they were measured. */
export interface Figures {
  readonly what: string;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly runs: readonly unknown[];
}

const BENCHES: Readonly<Record<string, () => Promise<Figures>>> = {
  accrual,
  crash,
  ledger,
  loans,
  memory,
  public: publicApi,
  queue,
  reconciliation,
  story,
};

async function main(): Promise<void> {
  const name = process.argv[2] ?? '';
  const bench = BENCHES[name];
  if (bench === undefined) throw new Error(`usage: npm run bench -- ${Object.keys(BENCHES).join(' | ')}`);
  const before = machine();
  const startedAt = new Date().toISOString();
  const { what, figures, runs } = await bench();
  const report = {
    name,
    what,
    startedAt,
    commit: commit(),
    machine: before,
    loadAfter: machine().load,
    figures,
    runs,
  };
  const folder = join(__dirname, '..', 'docs', 'figures');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify({ what, ...figures }, null, 2));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});

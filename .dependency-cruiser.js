/** Imports go one way (docs/architecture.md, "The house"). */
const only = (name, from, allowed, extra = {}) => ({
  name,
  severity: 'error',
  from: { path: from, ...extra.from },
  to: {
    pathNot: [...allowed, 'node_modules', '^node:', '^[a-z_/]+$'],
    dependencyTypesNot: ['core', 'npm', 'npm-dev'],
    ...extra.to,
  },
});
module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^domain/' },
      to: { pathNot: ['^domain/', 'node_modules/@noble/hashes'] },
    },
    only('ledger-sees-domain-and-db', '^ledger/', ['^ledger/', '^domain/', '^db/']),
    only('chain-sees-domain-and-db', '^chain/', ['^chain/', '^domain/', '^db/']),
    only('db-sees-domain', '^db/', ['^db/', '^domain/']),
    only('workflows-see-domain', '^workflows/', ['^workflows/', '^domain/', '^activities/']),
    {
      name: 'workflows-take-activities-as-types',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    only(
      'activities-see-below',
      '^activities/',
      ['^activities/', '^domain/', '^ledger/', '^chain/', '^db/', '^workflows/handles', '^deps\\.ts$'].slice(
        0,
        6,
      ),
    ),
    only('api-reads', '^api/', [
      '^api/',
      '^domain/',
      '^db/',
      '^ledger/read',
      '^workflows/handles',
      '^config\\.ts$',
      '^deps\\.ts$',
    ]),
    {
      name: 'config-and-deps-only-in-mains',
      severity: 'error',
      from: { pathNot: ['^(workers|bin|stack|test)/', '^api/main\\.ts$', '^deps\\.ts$'] },
      to: { path: ['^config\\.ts$', '^deps\\.ts$'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'keystore-only-in-signer',
      severity: 'error',
      from: { pathNot: ['^workers/signer\\.ts$', '^chain/keystore', '^test/', '^bin/keystore'] },
      to: { path: '^chain/keystore', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'devnet-is-a-program-of-its-own',
      severity: 'error',
      from: { pathNot: ['^devnet/', '^test/devnet/'] },
      to: { path: '^devnet/' },
    },
    {
      name: 'devnet-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^devnet/' },
      to: { path: '^(domain|ledger|chain|db|workflows|activities|workers|api|stack|bin|test)/' },
    },
    {
      name: 'stack-only-from-bin-and-tests',
      severity: 'error',
      from: { pathNot: ['^(stack|bin)/', '^test/'] },
      to: { path: '^stack/' },
    },
    // the demo holds the pool to the tests' oracle, which shares no code with what it judges
    {
      name: 'tests-never-imported',
      severity: 'error',
      from: { pathNot: ['^test/', '^bin/demo/oracle'] },
      to: { path: '^test/' },
    },
    {
      name: 'oracle-shares-no-code',
      severity: 'error',
      from: { path: '^test/support/oracle(-read|-charge)?\\.ts$' },
      to: { pathNot: '^test/support/oracle(-read|-charge)?\\.ts$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^admin-ui/'] },
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

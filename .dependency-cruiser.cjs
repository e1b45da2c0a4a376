/**
 * Imports run one way: server -> compose -> app -> routes -> services -> store -> domain.
 * Across layers only pure domain code is imported as a value; everything else arrives as an argument and is imported
 * as a type. `npm run imports` holds the code to it; `npm run imports:draw` draws ARCHITECTURE.md's picture from it.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const layer = (name) => `^src/${name}/`;

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-is-pure',
      comment: 'Domain imports nothing outside domain, packages and node modules included.',
      severity: 'error',
      from: { path: layer('domain') },
      to: { pathNot: layer('domain') },
    },
    {
      name: 'layers-meet-as-types',
      comment: 'A layer takes its collaborators as arguments; it may import their types, and domain code as values.',
      severity: 'error',
      from: { path: '^src/(routes|middleware|services|store)/' },
      to: {
        path: '^(src|config)/',
        pathNot: ['^src/domain/', '^src/$1/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'store-looks-down-only',
      severity: 'error',
      from: { path: layer('store') },
      to: { path: '^src/(routes|middleware|services|app|compose|server|cli|simulator)' },
    },
    {
      name: 'services-look-down-only',
      severity: 'error',
      from: { path: layer('services') },
      to: { path: '^src/(routes|middleware|app|compose|server|cli|simulator)' },
    },
    {
      name: 'the-simulator-stands-alone',
      comment: 'It plays Plivo; sharing code with the service would let one mistake hide in both.',
      severity: 'error',
      from: { path: layer('simulator') },
      to: { path: '^(src/(?!simulator/)|config/(?!env\\.ts))' },
    },
    {
      name: 'only-the-edges-compose',
      severity: 'error',
      from: { pathNot: ['^src/(compose|server)\\.ts$', '^src/cli/', '^test/', '^bench/'] },
      to: { path: '^src/compose\\.ts$' },
    },
    {
      name: 'only-plivoService-speaks-to-the-sdk',
      severity: 'error',
      from: { pathNot: ['^src/services/plivoService\\.ts$', '^test/contract/', '^bench/'] },
      to: { path: 'node_modules/plivo/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(src|config)/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'no-dev-dependencies-in-the-product',
      severity: 'error',
      from: { path: '^(src|config)/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
    reporterOptions: { mermaid: { minify: false }, archi: { collapsePattern: '^(src/[^/]+|config)' } },
  },
};

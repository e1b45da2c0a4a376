/**
 * Imports run one way, between the layers and between the rooms inside each layer. `npm run imports` holds the code to
 * it; `npm run imports:draw` draws ARCHITECTURE.md's pictures from it.
 *
 * Across layers only pure domain code is imported as a value; everything else arrives as an argument and is imported
 * as a type.
 *
 * @type {import('dependency-cruiser').IConfiguration}
 */
const layer = (name) => `^src/${name}/`;

/**
 * The rooms of each layer, one shelf a line, the highest first: a room looks into the rooms further down, not into its
 * neighbours on the shelf and not up. Types count as well: who knows whom is what is kept in order here.
 */
const SHELVES = {
  services: [
    ['retrying'],
    ['accepting'],
    ['settling', 'sending', 'hearing'],
    ['money', 'telling'],
    ['audience', 'plivo', 'numbers', 'files', 'describing', 'measuring', 'upkeep', 'access'],
    ['formats'],
  ],
  store: [
    ['hearing', 'erasing', 'restoring'],
    ['optOuts'],
    ['settling', 'reading', 'upkeep', 'audience', 'telling'],
    ['claiming'],
    ['sending'],
    ['accepting'],
    ['state'],
    ['access'],
    ['engine'],
  ],
  domain: [
    ['plan'],
    ['outcome'],
    ['audience'],
    ['lists'],
    ['columns'],
    ['states', 'numbers', 'replies'],
    ['text', 'time', 'money', 'wording', 'access'],
  ],
  routes: [
    ['broadcasts', 'audience', 'hearing', 'telling', 'describing', 'access'],
    ['views', 'parameters'],
  ],
  middleware: [['uploads'], ['bodies'], ['json', 'callers']],
  simulator: [['api'], ['callbacks'], ['messages'], ['behaviour'], ['clockwork', 'formats']],
  simulation: [['checks', 'people'], ['processes'], ['ground'], ['faults'], ['plivo', 'database'], ['clockwork']],
};

/** Files outside the rooms join them; only the errors that every room of the domain may throw are for all. */
const ABOVE_THE_ROOMS = '(?!(?:errors|onFirstUse)\\.ts$)[^/]+\\.ts$';

/** What a room may not look into: all the other rooms of its layer that do not stand below it. */
const roomRules = Object.entries(SHELVES).flatMap(([name, shelves]) =>
  shelves.flatMap((shelf, height) =>
    shelf.map((room) => {
      const above = shelves
        .slice(0, height + 1)
        .flat()
        .filter((other) => other !== room);
      return {
        name: `${name}-${room}-looks-down-only`,
        severity: 'error',
        from: { path: `${layer(name)}${room}/` },
        to: { path: `${layer(name)}(${[ABOVE_THE_ROOMS, ...above.map((other) => `${other}/`)].join('|')})` },
      };
    }),
  ),
);

/** Every file of these layers stands in a room, or is one of the few that join the rooms. */
const roomless = Object.entries(SHELVES).map(([name, shelves]) => ({
  name: `${name}-stands-in-rooms`,
  severity: 'error',
  from: {},
  to: { path: layer(name), pathNot: [`${layer(name)}(${shelves.flat().join('|')})/`, `${layer(name)}[^/]+\\.ts$`] },
}));

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
      to: { path: '^src/(routes|middleware|services|app|compos|server|cli|simulat)' },
    },
    {
      name: 'services-look-down-only',
      severity: 'error',
      from: { path: layer('services') },
      to: { path: '^src/(routes|middleware|app|compos|server|cli|simulat)' },
    },
    {
      name: 'the-simulator-stands-alone',
      comment: 'It plays Plivo; sharing code with the service would let one mistake hide in both.',
      severity: 'error',
      from: { path: layer('simulator') },
      to: { path: '^(src/(?!simulator/)|config/(?!env\\.ts))' },
    },
    {
      name: 'the-model-of-plivo-stands-alone',
      comment: 'The engine is held against it; sharing code with the service would let one mistake hide in both.',
      severity: 'error',
      from: { path: `${layer('simulation')}plivo/` },
      to: { path: '^(src/(?!simulation/)|config/)' },
    },
    {
      name: 'the-client-stands-alone',
      comment: 'It is what other programs install: nothing of the service comes with it, and no package.',
      severity: 'error',
      from: { path: layer('client') },
      to: { pathNot: layer('client') },
    },
    {
      name: 'only-commands-and-tests-use-the-client',
      comment: 'The service knows nothing of who calls it.',
      severity: 'error',
      from: { pathNot: ['^src/(client|cli)/', '^test/'] },
      to: { path: layer('client') },
    },
    {
      name: 'agents-come-by-the-client',
      comment:
        'What an agent may do is what its key may do over HTTP: its tools have no other way in. Of the rest they know words.',
      severity: 'error',
      from: { path: '^src/cli/mcp(/|\\.ts$)' },
      to: { path: '^(src/(?!client/|cli/|domain/(wording|states)/)|config/)' },
    },
    {
      name: 'only-the-tools-of-agents-speak-mcp',
      severity: 'error',
      from: { pathNot: ['^src/cli/mcp(/|\\.ts$)', '^test/cli/mcp'] },
      to: { path: 'node_modules/@modelcontextprotocol/' },
    },
    {
      name: 'the-dashboard-stands-alone',
      comment: 'It runs in a browser and knows the service by its public routes only.',
      severity: 'error',
      from: { path: layer('console') },
      to: { path: '^(src/(?!console/)|config/)' },
    },
    {
      name: 'nobody-imports-the-dashboard',
      severity: 'error',
      from: { pathNot: layer('console') },
      to: { path: layer('console') },
    },
    {
      name: 'only-commands-and-tests-simulate',
      severity: 'error',
      from: { pathNot: ['^src/(simulation|cli)/', '^test/'] },
      to: { path: layer('simulation') },
    },
    {
      name: 'only-the-edges-compose',
      severity: 'error',
      from: { pathNot: ['^src/(compose|server)\\.ts$', '^src/(composing|cli|simulation)/', '^test/', '^bench/'] },
      to: { path: '^src/(compose\\.ts$|composing/)' },
    },
    {
      name: 'only-plivoService-speaks-to-the-sdk',
      severity: 'error',
      from: { pathNot: ['^src/services/plivo/plivoService\\.ts$', '^test/contract/', '^bench/'] },
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
      comment: 'The build puts what the dashboard needs into its files.',
      severity: 'error',
      from: { path: '^(src|config)/', pathNot: layer('console') },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    ...roomRules,
    ...roomless,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
    reporterOptions: { mermaid: { minify: false }, archi: { collapsePattern: '^(src/[^/]+|config)' } },
  },
};

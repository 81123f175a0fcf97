// The rooms of the house and the doors between them (docs/decisions/0001-rooms.md).
const tests = '\\.(test|e2e)\\.ts$|^simulators/endToEnd/';
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circle', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'contracts-know-zod-alone',
      severity: 'error',
      from: { path: '^models/contracts/', pathNot: tests },
      to: { pathNot: ['^models/contracts/', 'node_modules/zod/'] },
    },
    {
      name: 'models-are-pure',
      severity: 'error',
      from: { path: '^models/', pathNot: tests },
      to: { path: ['^(edge|gateway|simulators|dashboards)/', '^millwright'] },
    },
    {
      name: 'models-do-no-io',
      severity: 'error',
      from: { path: '^models/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'services-know-models-alone',
      severity: 'error',
      from: { path: '^(edge|gateway|simulators)/', pathNot: tests },
      to: { path: '^(edge|gateway|simulators|dashboards)/', pathNot: '^$1/' },
    },
    {
      name: 'page-knows-contracts-and-what-draws',
      severity: 'error',
      from: { path: '^dashboards/', pathNot: tests },
      to: { path: '^(edge|gateway|simulators|models)/', pathNot: '^models/(contracts|signal)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.as\\.ts$' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};

/** Which of our packages each may import. */
const mayImport = {
  model: [],
  api: ['model'],
  'agent-protocol': ['model'],
  router: ['model'],
  agent: ['model', 'agent-protocol', 'router'],
  server: ['model', 'api', 'agent-protocol'],
  standalone: ['model', 'api', 'agent-protocol', 'agent', 'server'],
  cli: ['model', 'api', 'agent'],
};

/** Tests, and what only tests import. */
const testFiles = '([.]test|/test-[^/]+|/testing)[.]ts$';

const boundaries = Object.entries(mayImport).map(([name, others]) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment: `${name} may import ${others.join(', ') || 'none of our packages'}`,
  from: { path: `^packages/${name}/` },
  to: { path: '^packages/', pathNot: `^packages/(${[name, ...others].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...boundaries,
    {
      name: 'model-is-pure',
      severity: 'error',
      comment: 'model does no I/O',
      from: { path: '^packages/model/', pathNot: testFiles },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'server-spawns-nothing',
      severity: 'error',
      comment: 'processes belong to the agent and the command line',
      from: { path: '^packages/server/', pathNot: testFiles },
      to: { path: '^(node:)?child_process$', dependencyTypes: ['core'] },
    },
    {
      name: 'through-the-index',
      severity: 'error',
      comment: 'another package is imported through its index only',
      from: { path: '^packages/([^/]+)/' },
      to: { path: '^packages/[^/]+/', pathNot: '^packages/($1/|[^/]+/(src|dist)/index[.](ts|d[.]ts|js)$)' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-tests-in-product',
      severity: 'error',
      from: { pathNot: testFiles },
      to: { path: testFiles },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API: with it alone the cruiser reads nothing and says OK.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|dist)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['isola-source', 'import', 'require', 'node', 'default'],
    },
  },
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    {
      name: 'core-is-framework-free',
      comment: 'The editor core runs headless: no DOM library, no three.js, no React, no HTTP.',
      severity: 'error',
      from: { path: '^src/core' },
      to: { path: '^(src/(render|ui|api)|node_modules/(three|react|react-dom|@mantine|@tanstack|openapi-fetch))' },
    },
    {
      name: 'geometry-stands-alone',
      severity: 'error',
      from: { path: '^src/core/geometry' },
      to: { path: '^src/core/(?!geometry)' },
    },
    {
      name: 'document-below-the-editor',
      severity: 'error',
      from: { path: '^src/core/document' },
      to: { path: '^src/core/(actions|operations|tools|sync|editor|session)' },
    },
    {
      name: 'actions-are-pure',
      comment: 'document -> diff: an action knows neither history nor tools nor the network.',
      severity: 'error',
      from: { path: '^src/core/actions' },
      to: { path: '^src/core/(operations|tools|sync|editor|session)' },
    },
    {
      name: 'sync-knows-only-the-document',
      severity: 'error',
      from: { path: '^src/core/sync' },
      to: { path: '^src/core/(actions|operations|tools|editor|session)' },
    },
    {
      name: 'api-below-the-picture',
      severity: 'error',
      from: { path: '^src/api' },
      to: { path: '^src/(render|ui)' },
    },
    {
      name: 'three-in-render-only',
      severity: 'error',
      from: { pathNot: '^src/render' },
      to: { path: '^node_modules/three' },
    },
    {
      name: 'render-without-react',
      severity: 'error',
      from: { path: '^src/render' },
      to: { path: '^(src/ui|node_modules/(react|react-dom|@mantine))' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

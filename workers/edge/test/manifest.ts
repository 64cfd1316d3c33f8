/** The manifest of the tests. */

import type { Manifest, ManifestContext } from '@mizan/protocol'

function context(name: string, facts: Partial<ManifestContext>): ManifestContext {
  return {
    functions: [{ name: `${name}_data`, path: 'rpc' }],
    endpoints: [`/api/mizan/ctx/${name}/`],
    params: [],
    user_scoped: false,
    render_strategy: 'psr',
    page_routes: [],
    rev: 0,
    ttl: null,
    ...facts,
  }
}

export const manifest: Manifest = {
  version: 1,
  base: '/api/mizan',
  artifact: '0123456789abcdef',
  contexts: {
    news: context('news', {}),
    never: context('never', { ttl: false }),
    project: context('project', {
      params: ['page', 'project_id'],
      page_routes: ['/p/<project_id>/', '/p/<project_id>/of/<page>/'],
    }),
    user: context('user', { params: ['user_id'], user_scoped: true }),
  },
  mutations: {
    rename_project: { affects: ['project'], auto_scoped_params: ['project_id'] },
  },
}

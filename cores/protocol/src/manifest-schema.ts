/** The published JSON Schema of the manifest (PROTOCOL section 9), for edges in other languages. */

const name = { type: 'string', pattern: '^[a-z][a-z0-9_]*$' } as const
const names = { type: 'array', items: name, uniqueItems: true } as const
/** `/profile/<user_id>/`. */
const route = { type: 'string', pattern: '^/' } as const
const routes = { type: 'array', items: route, uniqueItems: true } as const
const seconds = { type: 'number', minimum: 0 } as const

const member = {
  oneOf: [
    {
      type: 'object',
      properties: { name, path: { const: 'rpc' } },
      required: ['name', 'path'],
      additionalProperties: false,
    },
    {
      type: 'object',
      properties: { name, path: { const: 'view' }, route },
      required: ['name', 'path', 'route'],
      additionalProperties: false,
    },
  ],
} as const

const context = {
  type: 'object',
  properties: {
    functions: { type: 'array', items: member },
    endpoints: routes,
    params: names,
    user_scoped: { type: 'boolean', description: 'Never kept for everybody.' },
    render_strategy: { enum: ['psr', 'dynamic_cached'] },
    page_routes: routes,
    rev: { type: 'integer', minimum: 0 },
    ttl: {
      oneOf: [seconds, { const: false }, { type: 'null' }],
      description: 'Seconds at most; false: never kept; null: no limit of its own.',
    },
  },
  required: [
    'functions',
    'endpoints',
    'params',
    'user_scoped',
    'render_strategy',
    'page_routes',
    'rev',
    'ttl',
  ],
  additionalProperties: false,
} as const

const mutation = {
  type: 'object',
  properties: {
    affects: names,
    auto_scoped_params: names,
    private: { const: true },
    route,
    methods: { type: 'array', items: { enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] } },
  },
  required: ['affects', 'auto_scoped_params'],
  additionalProperties: false,
} as const

/**
 * JSON Schema 2020-12 of what `toManifest` makes. Version 1 gains no properties: what a reader does not know it could
 * not obey, and the manifest only forbids.
 */
export const manifestSchema: Readonly<Record<string, unknown>> = Object.freeze({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Mizan edge manifest',
  type: 'object',
  properties: {
    version: { const: 1 },
    base: { type: 'string', pattern: '^(/[A-Za-z0-9_.~-]+)+$' },
    artifact: { type: 'string', pattern: '^[0-9a-f]{1,64}$' },
    contexts: { type: 'object', propertyNames: name, additionalProperties: context },
    mutations: { type: 'object', propertyNames: name, additionalProperties: mutation },
  },
  required: ['version', 'base', 'artifact', 'contexts', 'mutations'],
  additionalProperties: false,
})

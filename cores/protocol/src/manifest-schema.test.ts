import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Artifact, ArtifactFunction } from './artifact.ts'
import { type Manifest, toManifest } from './manifest.ts'
import { manifestSchema } from './manifest-schema.ts'

const validate = new Ajv2020({ strict: true }).compile(manifestSchema)
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
const path = fc.array(fc.stringMatching(/^[a-z]{1,6}$|^:[a-z][a-zA-Z]{0,6}$/), { maxLength: 3 })
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

const fn = fc
  .record({
    params: fc.uniqueArray(name, { maxLength: 3 }),
    context: optional(name),
    merge: optional(name),
    affects: optional(fc.array(name, { maxLength: 2 })),
    private: optional(fc.constant(true as const)),
    route: optional(path.map((parts) => ['', ...parts, ''].join('/') || '/')),
    view: optional(fc.constant(true as const)),
    methods: optional(fc.constantFrom(['GET'], ['POST', 'PUT'])),
    auth: optional(fc.constant('staff' as const)),
    cache: optional(fc.oneof(fc.constant(false as const), fc.record({ ttl: fc.nat() }))),
    rev: optional(fc.nat(5)),
  })
  .map(({ params, affects, ...rest }): ArtifactFunction => {
    const known = Object.entries(rest).filter(([, value]) => value !== undefined)
    return {
      key: 'key',
      source: 'src/x.ts#x',
      result: {},
      params: params.map((param) => ({ name: param, key: param, schema: {}, required: true })),
      ...(affects === undefined ? {} : { affects: affects.map((context) => ({ context })) }),
      ...Object.fromEntries(known),
    }
  })

const artifact: fc.Arbitrary<Artifact> = fc
  .record({ digest: fc.stringMatching(/^[0-9a-f]{16}$/), functions: fc.dictionary(name, fn) })
  .map(({ digest, functions }) => ({
    version: 1,
    digest,
    functions,
    contexts: Object.fromEntries(
      Object.entries(functions).flatMap(([member, { context, params }]) =>
        context === undefined ? [] : [[context, { functions: [member], params }]],
      ),
    ),
    $defs: {},
  }))

test('every manifest is of the published schema', () => {
  fc.assert(
    fc.property(artifact, (one) => {
      const manifest: unknown = JSON.parse(JSON.stringify(toManifest(one)))
      expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true)
    }),
  )
})

test('equal artifacts give equal bytes, whatever the order in which they were written', () => {
  fc.assert(
    fc.property(artifact, (one) => {
      const turned = {
        ...one,
        functions: Object.fromEntries(Object.entries(one.functions).reverse()),
        contexts: Object.fromEntries(Object.entries(one.contexts).reverse()),
      }
      expect(JSON.stringify(toManifest(turned))).toBe(JSON.stringify(toManifest(one)))
    }),
  )
})

const manifest: Manifest = {
  version: 1,
  base: '/api/mizan',
  artifact: '0123456789abcdef',
  contexts: {
    user: {
      functions: [{ name: 'user_profile', path: 'rpc' }],
      endpoints: ['/api/mizan/ctx/user/'],
      params: ['user_id'],
      user_scoped: true,
      render_strategy: 'dynamic_cached',
      page_routes: [],
      rev: 0,
      ttl: null,
    },
  },
  mutations: { rename: { affects: ['user'], auto_scoped_params: ['user_id'] } },
}

test.each<[string, unknown]>([
  ['another version', { ...manifest, version: 2 }],
  ['a property that nobody knows', { ...manifest, allow: true }],
  ['a name that is none', { ...manifest, contexts: { 'User Profile': manifest.contexts['user'] } }],
  ['a context without its rules', { ...manifest, contexts: { user: { functions: [] } } }],
  [
    'a ttl that is no time',
    { ...manifest, contexts: { user: { ...manifest.contexts['user'], ttl: -1 } } },
  ],
])('%s is not of the schema', (_what, wrong) => {
  expect(validate(manifest)).toBe(true)
  expect(validate(wrong)).toBe(false)
})

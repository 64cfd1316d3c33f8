import { expect, test } from 'vitest'
import type { Artifact, ArtifactFunction } from './artifact.ts'
import { toManifest } from './manifest.ts'

const userId = {
  name: 'user_id',
  key: 'userId',
  schema: { type: 'integer' },
  required: true,
} as const
const read: ArtifactFunction = {
  key: 'userProfile',
  source: 'src/users.ts#Users.userProfile',
  params: [userId],
  result: {},
  context: 'user',
  rev: 1,
  cache: { ttl: 60 },
}
const artifact: Artifact = {
  version: 1,
  digest: '0123456789abcdef',
  functions: {
    user_profile: read,
    profile_page: {
      ...read,
      key: 'profilePage',
      route: '/profile/:userId/',
      view: true,
      rev: 2,
      cache: { ttl: 30 },
    },
    front_page: { key: 'frontPage', source: 'x', params: [], result: {}, context: 'front' },
    update_profile: {
      key: 'updateProfile',
      source: 'x',
      params: [userId],
      result: {},
      affects: [{ context: 'user' }],
    },
    hook: {
      key: 'hook',
      source: 'x',
      params: [],
      result: {},
      affects: [{ context: 'user' }],
      private: true,
      route: '/hook/',
      methods: ['POST'],
    },
    echo: { key: 'echo', source: 'x', params: [], result: {} },
  },
  contexts: {
    user: { functions: ['user_profile'], params: [userId] },
    front: { functions: ['front_page'], params: [] },
  },
  $defs: {},
}

test('the manifest says what PROTOCOL section 9 asks for, with sorted keys', () => {
  expect(JSON.stringify(toManifest(artifact))).toBe(
    '{"version":1,"base":"/api/mizan","artifact":"0123456789abcdef","contexts":{' +
      '"front":{"functions":[{"name":"front_page","path":"rpc"}],"endpoints":["/api/mizan/ctx/front/"],"params":[],"user_scoped":false,"render_strategy":"psr","page_routes":[],"rev":0,"ttl":null},' +
      '"user":{"functions":[{"name":"profile_page","path":"view","route":"/profile/<user_id>/"},{"name":"user_profile","path":"rpc"}],"endpoints":["/api/mizan/ctx/user/"],"params":["user_id"],"user_scoped":true,"render_strategy":"dynamic_cached","page_routes":["/profile/<user_id>/"],"rev":3,"ttl":30}},' +
      '"mutations":{' +
      '"hook":{"affects":["user"],"auto_scoped_params":[],"private":true,"route":"/hook/","methods":["POST"]},' +
      '"update_profile":{"affects":["user"],"auto_scoped_params":["user_id"]}}}',
  )
})

test('a guard makes a context the business of its user', () => {
  const guarded = {
    ...artifact,
    functions: {
      ...artifact.functions,
      front_page: { ...artifact.functions['front_page']!, auth: 'required' as const },
    },
  }
  expect(toManifest(guarded).contexts['front']).toMatchObject({
    user_scoped: true,
    render_strategy: 'dynamic_cached',
  })
})

test('one member that forbids caching forbids it for the context', () => {
  const never = {
    ...artifact,
    functions: { ...artifact.functions, user_profile: { ...read, cache: false as const } },
  }
  expect(toManifest(never).contexts['user']?.ttl).toBe(false)
})

import { expect, test } from 'vitest'
import { client } from './client.ts'
import { collect } from './collect.ts'
import { defineContext } from './context.ts'
import { defineError } from './define-error.ts'
import { defineFunctions, type Functions } from './functions.ts'
import { createRegistry } from './registry.ts'

const UserContext = defineContext('user')

class Users {
  @client({ context: UserContext }) userProfile(userId: number): number {
    return userId
  }
  @client({ affects: UserContext }) updateProfile(userId: number, name: string): string {
    return `${userId} ${name}`
  }
}

function changed(
  functions: Functions,
  change: (artifact: Functions['artifact']) => object,
): Functions {
  return {
    ...functions,
    artifact: { ...functions.artifact, ...change(structuredClone(functions.artifact)) },
  }
}

test('what the artifact has and the code has not stops the boot, and the other way round', () => {
  const functions = collect(Users)
  const [profile] = [...functions.sources].filter(([name]) => name === 'user_profile')
  expect(() =>
    createRegistry(defineFunctions(functions.artifact, Object.fromEntries([profile!]))),
  ).toThrow('update_profile (collected#Users.updateProfile): in the artifact, but not in the code')
  const fewer = changed(functions, (artifact) => ({
    functions: { user_profile: artifact.functions['user_profile'] },
  }))
  expect(() => createRegistry(fewer)).toThrow(
    /run mizan generate[^]*update_profile \(Users.updateProfile\): in the code, but not in the artifact/,
  )
})

test('an option that differs is named with both values', () => {
  const stale = changed(collect(Users), (artifact) => ({
    functions: {
      ...artifact.functions,
      update_profile: { ...artifact.functions['update_profile'], auth: 'staff' },
    },
  }))
  expect(() => createRegistry(stale)).toThrow('auth is absent in the code, "staff" in the artifact')
})

test('an override that is not decorated again stops the boot', () => {
  class Admins extends Users {
    override updateProfile(): string {
      return ''
    }
  }
  const functions = collect(Users)
  const overridden = defineFunctions(functions.artifact, {
    user_profile: [Admins, 'userProfile'],
    update_profile: [Admins, 'updateProfile'],
  })
  expect(() => createRegistry(overridden)).toThrow(
    /update_profile .*client must be the topmost decorator, and an override is decorated again/,
  )
})

test('a member marked after the artifact was written is noticed', () => {
  class More extends Users {
    @client override userProfile(userId: number): number {
      return userId
    }
    @client override updateProfile(): string {
      return ''
    }
    @client added(): void {}
  }
  class Earlier {
    @client userProfile(userId: number): number {
      return userId
    }
    @client updateProfile(userId: number, name: string): string {
      return `${userId} ${name}`
    }
  }
  const { artifact } = collect(Earlier)
  expect(() =>
    createRegistry(
      defineFunctions(artifact, {
        user_profile: [More, 'userProfile'],
        update_profile: [More, 'updateProfile'],
      }),
    ),
  ).toThrow('added (More.added): marked in the code, but not in the artifact')
})

test('throws and upload that differ are named with both values', () => {
  const Gone = defineError('ITEM_GONE', { status: 410 })
  const drop = client(
    { throws: [Gone], upload: { maxFiles: 2 } },
    function drop(photo: unknown): unknown {
      return photo
    },
  )
  const { artifact, sources } = collect(drop)
  expect(artifact.functions['drop']?.throws).toEqual([{ code: 'ITEM_GONE', status: 410 }])
  const { upload: _, ...rest } = artifact.functions['drop'] ?? failed()
  const older = { ...rest, throws: [{ code: 'ITEM_GONE', status: 404 }] }
  const stale = { artifact: { ...artifact, functions: { drop: older } }, sources }
  expect(() => createRegistry(stale)).toThrow(
    /throws is \["ITEM_GONE 410"\] in the code, \["ITEM_GONE 404"\] in the artifact[^]*upload is \{"maxFiles":2\} in the code, absent/,
  )
})

test('a schema that cannot be compiled stops the boot, naming the function', () => {
  const broken = changed(collect(Users), (artifact) => ({
    functions: {
      ...artifact.functions,
      user_profile: {
        ...artifact.functions['user_profile'],
        params: [{ name: 'user_id', key: 'userId', schema: { pattern: '(' }, required: true }],
      },
    },
  }))
  expect(() => createRegistry(broken)).toThrow(
    'user_profile (collected#Users.userProfile): pattern "(": Invalid regular expression',
  )
})

test('two functions on one route are named with their places', () => {
  const first = client(
    { route: '/p/:id/', methods: ['GET'] },
    function first(id: string): Response {
      return new Response(id)
    },
  )
  const second = client(
    { route: '/p/:slug/', methods: ['GET'] },
    function second(slug: string): Response {
      return new Response(slug)
    },
  )
  expect(() => createRegistry(collect(first, second))).toThrow(
    /second .* and first .*: both answer GET/,
  )
  const stray = client({ route: '/q/:other/' }, function stray(id: string): Response {
    return new Response(id)
  })
  expect(() => createRegistry(collect(stray))).toThrow('the function has no such parameter')
})

function failed(): never {
  throw new Error('the function is missing')
}

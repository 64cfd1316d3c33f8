import { expect, test } from 'vitest'
import { client } from './client.ts'
import { defineContext } from './context.ts'
import { markOf } from './marks.ts'

const UserContext = defineContext('user')

class Users {
  @client bare(): string {
    return 'bare'
  }
  @client({ context: UserContext }) userProfile(userId: number): number {
    return userId
  }
  @client({ affects: UserContext }) static rename(name = 'x'): string {
    return name
  }
}

test('a legacy decorator marks instance and static methods, bare or with options', () => {
  expect(markOf(Users.prototype.bare)?.options).toEqual({})
  expect(markOf(Users.prototype.userProfile)?.options.context).toBe(UserContext)
  expect(markOf(Users.rename)?.options.affects).toBe(UserContext)
})

test('a standard decorator marks the method that it is given', () => {
  const method = (): string => 'standard'
  const context = {
    kind: 'method',
    name: 'method',
    static: false,
    private: false,
    metadata: {},
    addInitializer: () => undefined,
  }
  client({ context: UserContext })(method, context as unknown as ClassMethodDecoratorContext)
  expect(markOf(method)?.options.context).toBe(UserContext)
  const bare = (): string => 'bare'
  client(bare, context as unknown as ClassMethodDecoratorContext)
  expect(markOf(bare)?.options).toEqual({})
})

test('around a function it returns that function, so that a direct call stays a plain call', () => {
  const plain = (text: string): string => text
  expect(client(plain)).toBe(plain)
  const other = (text: string): string => text
  expect(client({ private: true }, other)('a')).toBe('a')
})

test('a function is marked once', () => {
  const fn = client((): number => 1)
  expect(() => client(fn)).toThrow(/marked twice/)
})

test('anything but a method is refused, naming class and member', () => {
  expect(() =>
    (client as unknown as (...args: unknown[]) => void)(new Users(), 'field', { value: 5 }),
  ).toThrow('Users.field')
  expect(() =>
    (client({}) as unknown as (...args: unknown[]) => void)(undefined, {
      kind: 'field',
      name: 'f',
      metadata: {},
      addInitializer: () => undefined,
    }),
  ).toThrow(/fields, accessors or classes/)
})

test('a context has a wire name', () => {
  expect(() => defineContext('UserOrders')).toThrow(/snake_case/)
  expect(() => defineContext('__proto__')).toThrow(TypeError)
  expect(UserContext.only('userProfile')).toEqual({ context: 'user', function: 'user_profile' })
})

import { expect, test } from 'vitest'
import { client } from './client.ts'
import { collect } from './collect.ts'
import { createInvoker } from './invoker.ts'
import { createRegistry } from './registry.ts'

class Base {
  @client shared(): string {
    return `shared of ${this.constructor.name}`
  }
  @client replaced(): string {
    return 'base'
  }
  @client static helped(): string {
    return `static of ${this.name}`
  }
}

class Derived extends Base {
  @client override replaced(): string {
    return `${super.replaced()}, then derived`
  }
  @client own(): string {
    return 'own'
  }
}

test('collect reads names from any form of function text', () => {
  const simple = client(function simple(
    first: string,
    second = '),(',
    third: readonly number[] = [1, 2],
  ): number {
    return first.length + second.length + third.length
  })
  const { artifact } = collect(simple)
  expect(artifact.functions['simple']?.params.map((param) => param.name)).toEqual([
    'first',
    'second',
    'third',
  ])
  const bag = collect(
    client(
      { name: 'bag' },
      ({ userId, name = 'x' }: { userId: number; name?: string }) => `${userId}${name}`,
    ),
  )
  expect(bag.artifact.functions['bag']).toMatchObject({
    destructured: true,
    params: [{ name: 'user_id' }, { name: 'name' }],
  })
})

test('members of base classes are those of the class, run on its instance; overrides win', () => {
  const functions = collect(Derived)
  expect([...functions.sources.keys()].sort()).toEqual(['helped', 'own', 'replaced', 'shared'])
  const registry = createRegistry(functions)
  const invoke = createInvoker(registry, new Map())
  const called = (name: string): unknown => {
    const entry = registry.entries.get(name)
    return entry && invoke(entry, [])
  }
  expect(called('shared')).toBe('shared of Derived')
  expect(called('replaced')).toBe('base, then derived')
  expect(called('helped')).toBe('static of Derived')
})

test('members of a base class that is served itself are served once', () => {
  class Heir extends Base {
    @client added(): void {}
  }
  const { artifact } = collect(Base, Heir)
  expect(Object.keys(artifact.functions)).toEqual(['added', 'helped', 'replaced', 'shared'])
  expect(artifact.functions['shared']?.source).toBe('collected#Base.shared')
})

test('an override that is not marked again is named, not skipped', () => {
  class Silent extends Base {
    override replaced(): string {
      return 'silent'
    }
  }
  expect(() => collect(Silent)).toThrow(
    'collect: Silent.replaced overrides a marked member and is not marked; decorate it again',
  )
})

test('what has nothing marked is refused, accessors included', () => {
  expect(() => collect((() => 1) as never)).toThrow(/not marked with client/)
  class Accessor {
    get value(): number {
      return 1
    }
  }
  expect(() => collect(Accessor)).toThrow('collect: Accessor is not marked with client')
  expect(() => {
    class Broken {
      // @ts-expect-error An accessor is no method.
      @client get value(): number {
        return 1
      }
    }
    return Broken
  }).toThrow('@client on Broken.value: only public methods can be marked')
})

test('two functions of one wire name are named with both places', () => {
  class Other {
    @client shared(): string {
      return ''
    }
  }
  expect(() => collect(Base, Other)).toThrow(
    'collect: collected#Other.shared and collected#Base.shared both have the wire name shared',
  )
})

test('a member without a wire name, and a parameter without one, are named', () => {
  class Odd {
    @client $(): void {}
  }
  expect(() => collect(Odd)).toThrow('collect: collected#Odd.$ has no wire name')
  class Nameless {
    @client read([first]: readonly string[]): string {
      return first ?? ''
    }
  }
  expect(() => collect(Nameless)).toThrow('collect: a parameter of read has no wire name')
})

import { processorTime, shortest } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { growthOf } from './pattern-growth.ts'

test.each([
  '^(a+)+$',
  '^(a*)*$',
  '(a|a)*b',
  '^(a|aa)+$',
  '^([a-z]+)*$',
  '^(\\w+\\s?)*$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(.*,)*x(.*\\d)*$',
  '^(?:a?b?)*(?<name>x+x+)+y$',
  '^([0-9]|\\d)+$',
  '^(a{1,3}){2,}$',
  '^([äöü]+ü)+$',
  '^(\\u{1F600}+😀?)*$',
])('%s can take exponential time', (source) => {
  expect(growthOf(source)).toBe(Number.POSITIVE_INFINITY)
})

test.each([
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^\\d{3}-\\d{4}$',
  '^[^@]+@[^@]+$',
  '^(?:a|b)*$',
  '^(\\d+,)*\\d+$',
  '^("[^"]*",?)*$',
  '^(a+b+)+$',
  '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  '^#(?:[0-9a-f]{3}){1,2}$',
  '^data-[^]*-(?:0|-?[1-9]\\d*)$',
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$',
])('%s takes linear time', (source) => {
  expect(growthOf(source)).toBe(1)
})

test.each([
  ['^a*a*$', 2],
  ['^.*.*.*!$', 3],
  ['[a-z]*!$', 2],
  ['^(?:[a-z]+,?)[a-z]*!$', 2],
  ['^a|b*c', 2],
  ['^(\\d+)-(\\d+)$', 1],
  ['^[^]*-[^]*-[^]*$', 3],
])('%s takes the power %d of the length', (source, power) => {
  expect(growthOf(source)).toBe(power)
})

test('what looks around or back is not known', () => {
  for (const source of ['^(?=.*\\d)(a+)+$', '^(a)\\1$', '(?<!x)y'])
    expect(growthOf(source)).toBeUndefined()
})

test('what is too large to be looked at is decided quickly', async () => {
  const cost = (): Promise<number> =>
    processorTime(() => {
      for (const source of ['(a{1,1000}b){1,1000}', 'a'.repeat(10_000), '([a-z]{1,30}x?){2,3}']) {
        expect(growthOf(source)).not.toBe(Number.POSITIVE_INFINITY)
      }
      expect(growthOf('^([a-z]{0,50})*$')).toBe(Number.POSITIVE_INFINITY)
    })
  expect(await shortest(cost, { under: 5_000 })).toBeLessThan(5_000)
})

import { expect, test } from 'vitest'
import { isExponential } from './exponential-pattern.ts'

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
  expect(isExponential(source)).toBe(true)
})

test.each([
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^\\d{3}-\\d{4}$',
  '^[^@]+@[^@]+$',
  '^(?:a|b)*$',
  '^(\\d+,)*\\d+$',
  '^("[^"]*",?)*$',
  '^(a+b+)+$',
  '^a*a*$',
  '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
  '^#(?:[0-9a-f]{3}){1,2}$',
  '^data-[^]*-(?:0|-?[1-9]\\d*)$',
  '^(?=.*\\d)(a+)+$',
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$',
])('%s is not known to', (source) => {
  expect(isExponential(source)).toBe(false)
})

test('what is too large to be looked at is decided quickly', () => {
  const started = performance.now()
  for (const source of ['(a{1,1000}b){1,1000}', 'a'.repeat(10_000), '([a-z]{1,30}x?){2,3}']) {
    expect(isExponential(source)).toBe(false)
  }
  expect(isExponential('^([a-z]{0,50})*$')).toBe(true)
  expect(performance.now() - started).toBeLessThan(5000)
})

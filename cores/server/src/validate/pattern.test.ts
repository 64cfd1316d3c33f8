import { expect, test } from 'vitest'
import { createCodec } from './codec.ts'
import { compilePattern, maximumMatchedLength } from './pattern.ts'

test('a pattern sees code points and knows Unicode properties', () => {
  expect(compilePattern('^.$').test('😀')).toBe(true)
  expect(compilePattern('^\\p{Lu}$').test('Ä')).toBe(true)
})

test('what is no regular expression of Unicode mode is refused when it is compiled', () => {
  expect(() => compilePattern('^(a')).toThrow(/^pattern "\^\(a": Invalid regular expression/)
  expect(() => compilePattern('\\-')).toThrow(TypeError)
})

test('a pattern that can take exponential time is refused when it is compiled', () => {
  expect(() => compilePattern('^(a+)+$')).toThrow(
    'pattern "^(a+)+$": a loop in it reads one text in two ways',
  )
})

test('a pattern that may go back is not run on a long text', () => {
  const codec = createCodec({ type: 'string', pattern: '^a*b*a*c' }, {})
  const decoded = codec.decode('a'.repeat(maximumMatchedLength + 1))
  expect(decoded.ok ? [] : decoded.issues.map((issue) => issue.message)).toEqual([
    'must have at most 4096 characters to be compared with a pattern, got 4097',
  ])
})

test('a pattern that never goes back takes texts of any length', () => {
  const codec = createCodec({ type: 'string', pattern: '^data:[^]*$' }, {})
  expect(codec.decode(`data:${'x'.repeat(1_000_000)}`).ok).toBe(true)
  expect(compilePattern('^a*b*$').maxLength).toBe(maximumMatchedLength)
  expect(compilePattern('a*$').maxLength).toBe(maximumMatchedLength)
  expect(compilePattern('^[(|*+]{3}\\*$').maxLength).toBe(Number.POSITIVE_INFINITY)
})

test('a name too long for the pattern of a record is refused, not believed', () => {
  const codec = createCodec(
    {
      type: 'object',
      patternProperties: { 'x.*-.*': { type: 'integer' } },
      additionalProperties: {},
    },
    {},
  )
  expect(codec.decode({ 'x-a': 1, other: 'kept' }).ok).toBe(true)
  const decoded = codec.decode({ [`x-${'a'.repeat(5000)}`]: 'text' })
  expect(decoded.ok ? '' : decoded.issues[0]?.message).toBe(
    'must have a name of at most 4096 characters',
  )
})

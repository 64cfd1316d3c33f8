import { processorTime, shortest } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { createCodec } from './codec.ts'
import { compilePattern } from './pattern.ts'

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

test('the faster the time of a pattern grows, the shorter the texts that it is run on', () => {
  const lengths = ['^a+(-a+)*$', '^a*b*a*$', '^a*[ab]*[abc]*$', '^(?=.*1).{8,}$'].map(
    (source) => compilePattern(source).maxLength,
  )
  expect(lengths).toEqual([Number.POSITIVE_INFINITY, 3162, 215, 215])
  const codec = createCodec({ type: 'string', pattern: '^a*b*a*c' }, {})
  const decoded = codec.decode('a'.repeat(3163))
  expect(decoded.ok ? [] : decoded.issues.map((issue) => issue.message)).toEqual([
    'must have at most 3162 characters to be compared with a pattern, got 3163',
  ])
})

test('a pattern that never goes back takes texts of any length', () => {
  const codec = createCodec({ type: 'string', pattern: '^data:[^]*$' }, {})
  expect(codec.decode(`data:${'x'.repeat(1_000_000)}`).ok).toBe(true)
})

test('many texts cost no more time than a few', async () => {
  const codec = createCodec(
    { type: 'array', items: { type: 'string', pattern: '^[a-z]*[a-z]*!$' } },
    {},
  )
  const cost = (): Promise<number> =>
    processorTime(() => {
      const decoded = codec.decode(Array.from({ length: 1000 }, () => 'a'.repeat(3000)))
      expect(decoded.ok ? '' : decoded.issues.at(-1)?.message).toBe(
        'is too much, with all the rest, to be compared with a pattern',
      )
    })
  expect(await shortest(cost, { under: 3_000 })).toBeLessThan(3_000)
})

test('a name too long for the pattern of a record is refused, not believed', () => {
  const codec = createCodec(
    {
      type: 'object',
      patternProperties: { '^x.*-.*-.*$': { type: 'integer' } },
      additionalProperties: {},
    },
    {},
  )
  expect(codec.decode({ 'x-a-b': 1, other: 'kept' }).ok).toBe(true)
  const decoded = codec.decode({ [`x-a-${'a'.repeat(500)}`]: 'text' })
  expect(decoded.ok ? '' : decoded.issues[0]?.message).toBe(
    'must have a name of at most 215 characters',
  )
})

import { expect, test } from 'vitest'
import { parsePattern } from './patterns.ts'

test('an expression is taken as it stands, or between slashes', () => {
  expect(parsePattern('^[a-z]+$')).toEqual({ value: '^[a-z]+$' })
  expect(parsePattern('/^a\\/b$/')).toEqual({ value: '^a\\/b$' })
  expect(parsePattern('/^a$/u')).toEqual({ value: '^a$' })
})

test.for([
  ['', 'needs a regular expression'],
  ['/a/i', 'has the flags i, which a schema cannot carry; write them out'],
  ['(', 'is not a regular expression: Unterminated group'],
  ['[z-a]', 'is not a regular expression: Range out of order in character class'],
])('%s is none', ([text, problem]) => {
  expect(parsePattern(text!)).toEqual({ problem })
})

test.for([
  '^[a-z0-9]+(-[a-z0-9]+)*$',
  '^(\\w+\\.)+com$',
  '^\\d{3}-\\d{4}$',
  '^([A-Z][a-z]*)+$',
  '^(?:a|b)*$',
  '^[^@]+@[^@]+$',
  '^(?!-)[a-z-]{1,63}(?<!-)$',
  '^(\\d{1,3}\\.){3}\\d{1,3}$',
  '^#[0-9a-f]{6}$',
  '^(a?){5}$',
  '\\u{1f600}+',
  '^\\p{L}+( \\p{L}+)*$',
  '^(a{50}){50}$',
  '^[\\s\\S]*$',
])('%s takes no long time', (text) => {
  expect(parsePattern(text)).toEqual({ value: text })
})

test.for([
  '^(a+)+$',
  '^(a*)*$',
  '^(a|a)*$',
  '^(\\w|\\d)*$',
  '^(\\w+\\s?)*$',
  '^([a-z]+[0-9]?)+$',
  '^(.*a){12,}$',
  '(x+x+)+y',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^(a|aa)+$',
  '^(?:[a-z]{1,5})*$',
])('%s can take years', (text) => {
  expect(parsePattern(text)).toEqual({
    problem:
      'can match one text in so many ways that a short one takes years; let each repetition begin with a character that the one before it cannot end with',
  })
})

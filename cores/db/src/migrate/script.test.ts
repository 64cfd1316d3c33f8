import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatScript, parseScript, type Step } from './script.ts'

const statement = fc
  .array(fc.constantFrom('select 1', "'; -- not the end'", '$$ begin; end $$', 'x', '  y'), {
    minLength: 1,
    maxLength: 4,
  })
  .map((lines) => `create ${lines.join('\n')}`.trim())
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('tx', 'notx'),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
})

test('what is written is what is read, whatever the line ends', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
      const text = formatScript(['a header; with a semicolon'], steps)
      expect(parseScript(text, 'up.sql')).toEqual(steps)
      expect(parseScript(text.replaceAll('\n', '\r\n'), 'up.sql')).toEqual(steps)
    }),
  )
})

test('text before the first marker is a step of its own, comments alone are none', () => {
  expect(parseScript('-- only words\n\n-- more', 'up.sql')).toEqual([])
  expect(parseScript('-- words\ninsert into a values (1);\n', 'up.sql')).toEqual([
    { kind: 'tx', statements: ['insert into a values (1)'] },
  ])
})

test('a comment inside a statement stays in it', () => {
  expect(
    parseScript('create table a (\n  -- why\n  id int\n);', 'up.sql')[0]?.statements[0],
  ).toContain('-- why')
})

test('a marker with a mistake is an error at its line, not a comment', () => {
  expect(() => parseScript('select 1;\n-- mizan:stap tx', 'm/up.sql')).toThrow(
    /m\/up\.sql:2: "-- mizan:stap tx" is no marker/,
  )
})

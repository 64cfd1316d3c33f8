/** Every case of the official JSON Schema 2020-12 suite that is made of keywords the compiler emits. */

import { expect, test } from 'vitest'
import { readSuite, type SuiteCase } from '../../test/suite-cases.ts'
import { createCodec } from './codec.ts'

const digits = 'JSON numbers beyond 2^53 have lost digits before anybody looks at them'
const mailbox = 'mailers disagree on quoted local parts and address literals'

/** Where we are stricter on purpose: part of the case's name, and why. */
const stricter: readonly (readonly [part: string, reason: string])[] = [
  ['bignum: integer: a bignum is an integer', digits],
  ['bignum: integer: a negative bignum is an integer', digits],
  ['float-overflow: all integers are multiples of 0.5', digits],
  ['a quoted string with a', mailbox],
  ['an IPv4-address-literal after the @', mailbox],
  ['an IPv6-address-literal after the @', mailbox],
]

const keywordCases = readSuite('')
const formatCases = readSuite('format/')

for (const one of [...keywordCases, ...formatCases]) {
  test(one.name, ({ skip }) => {
    const reason = one.skip ?? stricter.find(([part]) => one.name.includes(part))?.[1]
    if (reason !== undefined) skip(reason)
    const codec = createCodec(one.schema, one.$defs, {
      unknownProperties: one.closed ? 'refuse' : 'drop',
    })
    const decoded = codec.decode(one.data)
    const issues = decoded.ok ? [] : decoded.issues
    expect({ valid: decoded.ok, issues }).toEqual({ valid: one.valid, issues })
  })
}

test('most of the suite is run', () => {
  const run = (cases: readonly SuiteCase[]): number => cases.filter(({ skip }) => !skip).length
  expect(run(keywordCases)).toBeGreaterThan(540)
  expect(run(formatCases)).toBe(formatCases.length)
})

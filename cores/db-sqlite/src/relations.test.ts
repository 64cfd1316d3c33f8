import { blob, unixMilliseconds, unixSeconds } from '@mizan/db/sqlite'
import fc from 'fast-check'
import { testNestedValues } from '../../db/src/relational-conformance/nested-values.conformance.ts'
import { testStrategies } from '../../db/src/relational-conformance/strategies.conformance.ts'
import { sqlite } from './index.ts'

const open = async () => ({
  dialect: sqlite({ url: ':memory:' }),
  async [Symbol.asyncDispose]() {},
})

testStrategies('sqlite', open, process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 30)

const own = {
  aMoment: {
    column: unixMilliseconds(),
    values: fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
  },
  aSecond: {
    column: unixSeconds(),
    values: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000)),
  },
  aBlob: { column: blob(), values: fc.uint8Array({ maxLength: 8 }) },
}

testNestedValues('sqlite', open, {
  extremes: false,
  infinities: true,
  own,
  runs: process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 20,
})

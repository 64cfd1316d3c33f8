import { postgres as server } from '@mizan/testing/resources'
import { bigint, bytea, integer, text, timestamptz } from '@mizan/db'
import {
  cidr,
  daterange,
  inet,
  int4range,
  int8range,
  macaddr,
  money,
  numrange,
  tsquery,
  tsrange,
  tstzrange,
  tsvector,
  xml,
} from '@mizan/db/pg'
import fc from 'fast-check'
import { testNestedValues } from '../../db/src/relational-conformance/nested-values.conformance.ts'
import { testStrategies } from '../../db/src/relational-conformance/strategies.conformance.ts'
import { postgres } from './index.ts'

async function open() {
  const resource = await server()
  return {
    dialect: postgres({ url: resource.url }),
    [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
  }
}

testStrategies('postgres', open, process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 20)

const own = {
  someIntegers: { column: integer().array(), values: fc.array(fc.option(fc.integer())) },
  someTexts: {
    column: text().array(),
    values: fc
      .array(fc.oneof(fc.constantFrom('NULL', '', '{', '"', '\\', 'a,b', ' '), fc.string()))
      .map((all) => all.map((one) => one.replaceAll('\0', ''))),
  },
  someBigints: {
    column: bigint().array(),
    values: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  },
  someMoments: {
    column: timestamptz().array(),
    values: fc.array(
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
    ),
  },
  someBytes2: { column: bytea().array(), values: fc.array(fc.uint8Array({ maxLength: 4 })) },
  grid: {
    column: integer().array().array(),
    values: fc.constantFrom(
      [
        [1, 2],
        [3, 4],
      ],
      [[5]],
    ),
  },
  anAddress: { column: inet(), values: fc.constantFrom('10.0.0.1', '10.0.0.0/8') },
  aRange: { column: int4range(), values: fc.constantFrom('[1,5)', 'empty') },
  words: { column: tsvector(), values: fc.constantFrom("'a' 'b'") },
  aQuery: { column: tsquery(), values: fc.constantFrom("'a' & !'b'") },
  aNetwork: { column: cidr(), values: fc.constantFrom('10.0.0.0/8', '2001:db8::/32') },
  aCard: { column: macaddr(), values: fc.constantFrom('08:00:2b:01:02:03') },
  aPrice: { column: money(), values: fc.constantFrom('$1.50', '-$1,000.00') },
  someXml: { column: xml(), values: fc.constantFrom('<a b="c">ä</a>') },
  aLongRange: { column: int8range(), values: fc.constantFrom('[1,9007199254740993)', '(,)') },
  aNumberRange: { column: numrange(), values: fc.constantFrom('(1.50,2]') },
  aTimeRange: {
    column: tsrange(),
    values: fc.constantFrom('["2026-01-01 00:00:00","2026-01-02 00:00:00.5")'),
  },
  aMomentRange: { column: tstzrange(), values: fc.constantFrom('["2026-01-01 00:00:00+00",)') },
  someDays: { column: daterange(), values: fc.constantFrom('[2026-01-01,2026-02-01)') },
}

testNestedValues('postgres', open, {
  extremes: true,
  infinities: true,
  own,
  runs: process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 20,
})

import { mariadb } from '@mizan/testing/resources'
import {
  longblob,
  longtext,
  mediumblob,
  mediumint,
  mediumtext,
  set,
  tinyblob,
  tinyint,
  tinytext,
  unsignedBigint,
  unsignedDecimal,
  unsignedInt,
  year,
} from '@mizan/db/mysql'
import fc from 'fast-check'
import { testNestedValues } from '../../db/src/relational-conformance/nested-values.conformance.ts'
import { testStrategies } from '../../db/src/relational-conformance/strategies.conformance.ts'
import { mysql } from './index.ts'

async function open() {
  const resource = await mariadb()
  return {
    dialect: mysql({ url: resource.url }),
    [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
  }
}

testStrategies('mariadb', open, process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 15)

const own = {
  aYear: { column: year(), values: fc.constantFrom(1901, 2026) },
  aMediumtext: { column: mediumtext(), values: fc.constantFrom('', 'ä') },
  aLongblob: { column: longblob(), values: fc.uint8Array({ maxLength: 8 }) },
  aTinyint: { column: tinyint(), values: fc.integer({ min: -128, max: 127 }) },
  aLarge: { column: unsignedBigint(), values: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) },
  aTinytext: { column: tinytext(), values: fc.constantFrom('', 'ä') },
  aLongtext: { column: longtext(), values: fc.constantFrom('', 'ä'.repeat(300)) },
  aTinyblob: { column: tinyblob(), values: fc.uint8Array({ maxLength: 8 }) },
  aMediumblob: { column: mediumblob(), values: fc.uint8Array({ maxLength: 8 }) },
  aMediumint: { column: mediumint(), values: fc.integer({ min: -(2 ** 23), max: 2 ** 23 - 1 }) },
  anUnsigned: { column: unsignedInt(), values: fc.integer({ min: 0, max: 2 ** 32 - 1 }) },
  aShare: { column: unsignedDecimal(6, 2), values: fc.constantFrom('0.00', '9999.99') },
  aSet: { column: set(['a', "b'c"]), values: fc.constantFrom(['a'], ['a', "b'c"], []) },
}

testNestedValues('mariadb', open, {
  extremes: false,
  infinities: false,
  own,
  runs: process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 20,
})

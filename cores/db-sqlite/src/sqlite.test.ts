import { testDialect } from '../../db/src/dialect.conformance.ts'
import { sqlite } from './index.ts'

testDialect('sqlite', () =>
  Promise.resolve({
    dialect: sqlite({ path: ':memory:' }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }),
)

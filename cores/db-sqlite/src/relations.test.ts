import { testStrategies } from '../../db/src/relational-conformance/strategies.conformance.ts'
import { sqlite } from './index.ts'

const open = async () => ({
  dialect: sqlite({ url: ':memory:' }),
  async [Symbol.asyncDispose]() {},
})

testStrategies('sqlite', open, process.env['MIZAN_NIGHTLY'] === '1' ? 300 : 30)

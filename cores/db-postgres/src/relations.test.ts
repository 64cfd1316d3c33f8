import { postgres as server } from '@mizan/testing/resources'
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

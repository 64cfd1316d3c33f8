import { mariadb } from '@mizan/testing/resources'
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

import { postgres as server } from '@mizan/testing/resources'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { postgres } from './index.ts'

testDialect('postgres', async () => {
  const database = await server()
  return {
    dialect: postgres({ url: database.url }),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
})

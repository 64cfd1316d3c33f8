import { testWrongUse } from '../../db/src/wrong-use.conformance.ts'
import { sqlite } from './index.ts'

testWrongUse(
  'sqlite',
  async () => ({
    dialect: sqlite({ url: ':memory:' }),
    async [Symbol.asyncDispose]() {
      // It ends with its client.
    },
  }),
  {
    unreachable: sqlite({ url: '/no/such/folder/data.sqlite' }),
    isStrict: false,
    namesForeignKeys: false,
  },
)

import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import { testStreams } from '../../db/src/streams.conformance.ts'
import { postgres } from './index.ts'

const resource: PostgresResource = await server()

testStreams(
  'postgres',
  () =>
    Promise.resolve({
      dialect: postgres({ url: resource.url }),
      // Whoever kept a connection would keep the only one.
      narrow: postgres({ url: resource.url, maximumConnections: 1 }),
      [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
    }),
  { interleaves: true },
)

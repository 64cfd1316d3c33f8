import { mariadb as server, type MariadbResource } from '@mizan/testing/resources'
import { testStreams } from '../../db/src/streams.conformance.ts'
import { mysql } from './index.ts'

const resource: MariadbResource = await server()

testStreams(
  'mysql',
  () =>
    Promise.resolve({
      dialect: mysql({ url: resource.url }),
      // Whoever kept a connection would keep the only one.
      narrow: mysql({ url: resource.url, maximumConnections: 1 }),
      [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
    }),
  { interleaves: false },
)

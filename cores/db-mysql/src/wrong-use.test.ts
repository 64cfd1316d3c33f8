import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { sql } from 'kysely'
import { testWrongUse } from '../../db/src/wrong-use.conformance.ts'
import { mysql } from './index.ts'

const resource: MariadbResource = await mariadb()
const stranger = new URL(resource.url)
stranger.username = 'nobody'
stranger.password = 'secret-value'

testWrongUse(
  'mariadb',
  () =>
    Promise.resolve({
      dialect: mysql({ url: resource.url }),
      narrow: mysql({ url: resource.url, maximumConnections: 1 }),
      [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
    }),
  {
    unreachable: mysql({ url: 'mysql://root@127.0.0.1:1/none' }),
    refused: mysql({ url: stranger.href }),
    async endConnection(tx, others) {
      const { rows } = await sql<{ id: bigint }>`select connection_id() as id`.execute(tx)
      await sql.raw(`kill ${rows[0]?.id}`).execute(others)
    },
    isStrict: true,
    namesForeignKeys: true,
  },
)

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  postgres as server,
  type PostgresResource,
  temporaryFolder,
} from '@mizan/testing/resources'
import { sql } from 'kysely'
import { afterAll } from 'vitest'
import { testWrongUse } from '../../db/src/wrong-use.conformance.ts'
import { serverAccount } from './embedded/account.ts'
import { postgres } from './index.ts'

const folder = await temporaryFolder({ owner: serverAccount().switchTo })
const access = join(folder.path, 'access.conf')
// Everybody but its owner needs a password.
await writeFile(access, 'local all postgres trust\nlocal all all scram-sha-256\n', { mode: 0o644 })
const resource: PostgresResource = await server({ settings: { hba_file: access } })
const stranger = new URL(resource.url)
stranger.username = 'nobody'
stranger.password = 'secret-value'

afterAll(() => folder[Symbol.asyncDispose]())

testWrongUse(
  'postgres',
  () =>
    Promise.resolve({
      dialect: postgres({ url: resource.url }),
      narrow: postgres({ url: resource.url, maximumConnections: 1 }),
      [Symbol.asyncDispose]: () => resource[Symbol.asyncDispose](),
    }),
  {
    unreachable: postgres({ url: 'postgres://nobody@127.0.0.1:1/none' }),
    refused: postgres({ url: stranger.href }),
    async endConnection(tx, others) {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(others)
    },
    isStrict: true,
    namesForeignKeys: true,
  },
)

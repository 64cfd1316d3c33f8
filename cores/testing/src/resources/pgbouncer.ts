/** PgBouncer before a PostgreSQL, as many hosts put it there: server connections change hands with every transaction. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unprivilegedAccount } from './account.ts'
import { serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { findTool } from './tool.ts'

/** A running pooler. */
export interface PgbouncerResource extends AsyncDisposable {
  /** The URL that leads through the pooler to the same database. */
  through(url: string): string
}

/** Its socket is the only way in, so the number is nobody else's business. */
const port = 6432

/**
 * Starts `pgbouncer` in `pool_mode = transaction` before the server of `url`.
 *
 * @throws MissingToolError
 */
export async function pgbouncer(url: string): Promise<PgbouncerResource> {
  const command = await findTool(['pgbouncer'], 'run `apt-get install pgbouncer`')
  const account = unprivilegedAccount()
  const folder = await temporaryFolder({ owner: account })
  try {
    const file = join(folder.path, 'pgbouncer.ini')
    await writeFile(file, configuration(new URL(url), folder.path), { mode: 0o644 })
    const server = await serverProcess({
      command,
      args: [file],
      folder: folder.path,
      account,
      ready: /process up/,
    })
    return {
      through(direct) {
        const pooled = new URL(direct)
        pooled.hostname = 'localhost'
        pooled.port = ''
        pooled.searchParams.set('host', folder.path)
        pooled.searchParams.set('port', String(port))
        return pooled.href
      },
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]()
        await folder[Symbol.asyncDispose]()
      },
    }
  } catch (error) {
    await folder[Symbol.asyncDispose]()
    throw error
  }
}

function configuration(server: URL, folder: string): string {
  const { hostname, username, password, searchParams } = server
  const facts = {
    host: searchParams.get('host') ?? hostname,
    port: searchParams.get('port') ?? (server.port || '5432'),
    user: decodeURIComponent(username) || 'postgres',
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
  }
  const way = Object.entries(facts).map(
    ([name, value]) => `${name}='${value.replaceAll("'", "''")}'`,
  )
  return `[databases]
* = ${way.join(' ')}
[pgbouncer]
listen_addr =
unix_socket_dir = ${folder}
listen_port = ${port}
auth_type = any
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
`
}

/** A MariaDB for one test: of its own, or a fresh database on the server at `MYSQL_URL`. */

import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Account, unprivilegedAccount } from './account.ts'
import { freePort } from './free-port.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { fromTemplate } from './template-folder.ts'
import { findTool } from './tool.ts'

/** An empty database. */
export interface MariadbResource extends AsyncDisposable {
  /** `mysql://root@127.0.0.1:<port>/<database>` */
  readonly url: string
}

const run = promisify(execFile)
const remedy =
  'run `apt-get install mariadb-server`, or set MYSQL_URL to a server on which you may create databases'

/**
 * Starts `mariadbd` on a free port with a data directory of its own, or creates a database on `MYSQL_URL` that is
 * dropped at the end.
 *
 * @throws MissingToolError
 */
export async function mariadb(): Promise<MariadbResource> {
  const shared = process.env['MYSQL_URL']
  return shared === undefined || shared === '' ? start() : borrow(shared)
}

async function start(): Promise<MariadbResource> {
  const command = await findTool(['mariadbd', 'mysqld'], remedy)
  const account = unprivilegedAccount()
  const folder = await temporaryFolder({ owner: account, inMemory: true })
  try {
    const data = join(folder.path, 'data')
    await fromTemplate(await templateName(command), data, () => install(folder.path, data, account))
    await writeFile(join(folder.path, 'init.sql'), 'CREATE DATABASE mizan;\n')
    await temporaryTables(folder.path, account)
    const { port, server } = await listen(command, folder.path, account)
    return {
      url: `mysql://root@127.0.0.1:${port}/mizan`,
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

/** A new build of the server gets a new template. */
async function templateName(command: string): Promise<string> {
  const { size, mtimeMs } = await stat(command)
  return `mariadb-${size}-${Math.trunc(mtimeMs)}`
}

async function install(folder: string, data: string, account?: Account): Promise<void> {
  const installer = await findTool(['mariadb-install-db', 'mysql_install_db'], remedy)
  await run(
    installer,
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      '--innodb-log-file-size=4M',
    ],
    { cwd: folder, ...(account ? { uid: account.uid, gid: account.gid } : {}) },
  )
}

/** A starting server deletes what it finds of temporary tables: in `/tmp` those are its neighbours'. */
async function temporaryTables(folder: string, account?: Account): Promise<void> {
  const path = join(folder, 'tmp')
  await mkdir(path)
  if (account !== undefined) await chown(path, account.uid, account.gid)
}

async function listen(
  command: string,
  folder: string,
  account?: Account,
): Promise<{ port: number; server: ServerProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const args = [
      '--no-defaults',
      `--datadir=${join(folder, 'data')}`,
      `--init-file=${join(folder, 'init.sql')}`,
      `--tmpdir=${join(folder, 'tmp')}`,
      `--socket=${join(folder, 's')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-log-file-size=4M',
      '--innodb-buffer-pool-size=32M',
      // Nothing here has to survive a power cut.
      '--innodb-flush-log-at-trx-commit=0',
      '--skip-innodb-doublewrite',
    ]
    try {
      const ready = /ready for connections/
      return { port, server: await serverProcess({ command, args, folder, account, ready }) }
    } catch (error) {
      // Somebody else took the port between our look and the server's.
      if (attempt === 3 || !/already in use/.test(String(error))) throw error
    }
  }
}

async function borrow(shared: string): Promise<MariadbResource> {
  const { createConnection } = await import('mysql2/promise')
  const database = `mizan_test_${randomBytes(6).toString('hex')}`
  const execute = async (sql: string): Promise<void> => {
    const connection = await createConnection(shared)
    try {
      await connection.query(sql)
    } finally {
      await connection.end()
    }
  }
  await execute(`CREATE DATABASE ${database}`)
  const url = new URL(shared)
  url.pathname = `/${database}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => execute(`DROP DATABASE ${database}`),
  }
}

/** A PostgreSQL and a streaming replica of it. */

import { execFile } from 'node:child_process'
import { chown, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder } from '@mizan/testing/resources'
import { serverAccount } from '../src/embedded/account.ts'
import { type EmbeddedServer, startEmbedded } from '../src/embedded.ts'

/** Two servers; the second follows the first and changes nothing itself. */
export interface ReplicatedPostgres extends AsyncDisposable {
  readonly primary: EmbeddedServer
  readonly replica: EmbeddedServer
}

/** The replica begins with the files of a primary that was stopped, and receives what happens after that. */
export async function replicatedPostgres(): Promise<ReplicatedPostgres> {
  const owner = serverAccount().switchTo
  const folder = await temporaryFolder({ owner, inMemory: true })
  const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')]
  const started: EmbeddedServer[] = []
  const stop = async (): Promise<void> => {
    for (const server of started.toReversed()) await server.stop()
    await folder[Symbol.asyncDispose]()
  }
  const start = async (
    dataDirectory: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<EmbeddedServer> => {
    const server = await startEmbedded({ dataDirectory, ephemeral: true, settings })
    started.push(server)
    return server
  }
  try {
    const empty = await startEmbedded({ dataDirectory: first, ephemeral: true })
    await empty.stop()
    await promisify(execFile)('cp', ['-a', first, second])
    const mark = join(second, 'data/standby.signal')
    await writeFile(mark, '')
    if (owner !== undefined) await chown(mark, owner.uid, owner.gid)
    const primary = await start(first)
    const socket = new URL(primary.url).searchParams.get('host') ?? ''
    const replica = await start(second, { primary_conninfo: `host=${socket} user=postgres` })
    return { primary, replica, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

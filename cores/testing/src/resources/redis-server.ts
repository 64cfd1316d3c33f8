/** A Redis server of the test's own, which it may kill and start again. */

import { freePort } from './free-port.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { findTool } from './tool.ts'

/** What the server runs with besides port and folder. */
export interface RedisServerOptions {
  readonly args?: readonly string[]
}

/** A server on one port and one folder for all its lives. */
export interface RedisServerResource extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** `dump.rdb` is here once a client has sent `SAVE`. */
  readonly folder: string
  /** Ends it without a word, as a power cut would. */
  kill(): Promise<void>
  /** Starts it again, with the snapshot that is in its folder. */
  start(): Promise<void>
}

/**
 * Starts `redis-server` on a free port; it saves nothing unless it is told to.
 *
 * @throws MissingToolError
 */
export async function redisServer(options: RedisServerOptions = {}): Promise<RedisServerResource> {
  const command = await findTool(
    ['redis-server', 'valkey-server'],
    'run `apt-get install redis-server`',
  )
  const folder = await temporaryFolder()
  const launch = (port: number): Promise<ServerProcess> => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder.path]
    const args = [...own, ...(options.args ?? [])]
    return serverProcess({ command, args, folder: folder.path, ready: /Ready to accept/ })
  }
  let server: ServerProcess | undefined
  let port = 0
  for (let attempt = 1; server === undefined; attempt++) {
    port = await freePort()
    server = await launch(port).catch(async (error: unknown) => {
      // Somebody else took the port between our look and the server's.
      if (attempt < 3 && /already in use/.test(String(error))) return undefined
      await folder[Symbol.asyncDispose]()
      throw error
    })
  }
  const kill = async (): Promise<void> => {
    await server?.[Symbol.asyncDispose]()
    server = undefined
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder: folder.path,
    kill,
    async start() {
      server ??= await launch(port)
    },
    async [Symbol.asyncDispose]() {
      await kill()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** A Redis for one test: of its own, or a corner of the one at `REDIS_URL`. */

import { randomBytes } from 'node:crypto'
import { freePort } from './free-port.ts'
import { type ServerProcess, serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { findTool } from './tool.ts'

/** A Redis that holds nothing when the test begins. */
export interface RedisResource extends AsyncDisposable {
  /**
   * For ioredis. On a shared server it ends in `?keyPrefix=…`, which ioredis puts before every key it sends; patterns
   * of `SCAN` and channels of `PUBLISH` are sent as they are.
   */
  readonly url: string
  /** What stands before each key on the server; empty when the server is ours. */
  readonly prefix: string
}

/**
 * Starts `redis-server` on a free port without persistence, or takes a random key prefix on `REDIS_URL`, whose keys are
 * deleted at the end.
 *
 * @throws MissingToolError
 */
export async function redis(): Promise<RedisResource> {
  const shared = process.env['REDIS_URL']
  return shared === undefined || shared === '' ? start() : borrow(shared)
}

async function start(): Promise<RedisResource> {
  const command = await findTool(
    ['redis-server', 'valkey-server'],
    'run `apt-get install redis-server`, or set REDIS_URL to a server that runs',
  )
  const folder = await temporaryFolder()
  try {
    const { port, server } = await listen(command, folder.path)
    return {
      url: `redis://127.0.0.1:${port}`,
      prefix: '',
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

async function listen(
  command: string,
  folder: string,
): Promise<{ port: number; server: ServerProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
    try {
      const server = await serverProcess({ command, args, folder, ready: /Ready to accept/ })
      return { port, server }
    } catch (error) {
      // Somebody else took the port between our look and the server's.
      if (attempt === 3 || !/already in use/.test(String(error))) throw error
    }
  }
}

async function borrow(shared: string): Promise<RedisResource> {
  const { Redis } = await import('ioredis')
  const prefix = `mizan-test-${randomBytes(6).toString('hex')}:`
  const url = new URL(shared)
  url.searchParams.set('keyPrefix', prefix)
  return {
    url: url.href,
    prefix,
    async [Symbol.asyncDispose]() {
      const client = new Redis(shared)
      for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1000 })) {
        // cast: scanStream yields arrays of keys
        if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]))
      }
      await client.quit()
    },
  }
}

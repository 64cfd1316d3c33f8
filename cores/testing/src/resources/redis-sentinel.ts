/** A primary, its replica, and a Sentinel that watches them. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { redisServer } from './redis-server.ts'
import { serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { findTool } from './tool.ts'

/** Options for ioredis, and a way to have the replica promoted. */
export interface RedisSentinelResource extends AsyncDisposable {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  readonly name: string
  /** Promotes the replica; resolves when the Sentinel names it as the primary. */
  failover(): Promise<void>
}

const name = 'mizan'

/** Starts all three on free ports. @throws MissingToolError */
export async function redisSentinel(): Promise<RedisSentinelResource> {
  const { Redis } = await import('ioredis')
  await using stack = new AsyncDisposableStack()
  const primary = stack.use(await redisServer())
  stack.use(await redisServer({ args: ['--replicaof', '127.0.0.1', String(primary.port)] }))
  const folder = stack.use(await temporaryFolder())
  const port = await freePort()
  const file = join(folder.path, 'sentinel.conf')
  await writeFile(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `sentinel monitor ${name} 127.0.0.1 ${primary.port} 1`,
      `sentinel down-after-milliseconds ${name} 1000`,
      `sentinel failover-timeout ${name} 5000`,
      '',
    ].join('\n'),
  )
  stack.use(
    await serverProcess({
      command: await findTool(['redis-server'], 'run `apt-get install redis-server`'),
      args: [file, '--sentinel'],
      folder: folder.path,
      ready: /\+monitor master/,
    }),
  )
  const sentinel = new Redis(port)
  stack.defer(() => sentinel.disconnect())
  const primaryPort = async (): Promise<number> => {
    const address = await sentinel.call('SENTINEL', 'get-master-addr-by-name', name)
    return Number((address as string[])[1]) // cast: host and port
  }
  await until(async () => String(await sentinel.call('SENTINEL', 'replicas', name)).includes('ok'))
  const all = stack.move()
  return {
    sentinels: [{ host: '127.0.0.1', port }],
    name,
    async failover() {
      const old = await primaryPort()
      // Refused for as long as the Sentinel has not seen the replica in good health.
      await until(() =>
        sentinel.call('SENTINEL', 'failover', name).then(
          () => true,
          () => false,
        ),
      )
      await until(async () => (await primaryPort()) !== old)
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let attempt = 1; !(await isSo()); attempt++) {
    if (attempt === 1_200) throw new Error('the Sentinel does not come to it')
    await wait(50)
  }
}

/** A Redis Cluster of three primaries. */

import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from './free-port.ts'
import { redisServer, type RedisServerResource } from './redis-server.ts'

/** A cluster that holds nothing when the test begins. */
export interface RedisClusterResource extends AsyncDisposable {
  /** For `new Cluster(nodes)`. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[]
  readonly servers: readonly RedisServerResource[]
}

const slots = 16_384
const size = 3

/** Starts three servers, gives each a third of the slots and waits until all agree. @throws MissingToolError */
export async function redisCluster(): Promise<RedisClusterResource> {
  const { Redis } = await import('ioredis')
  const servers: RedisServerResource[] = []
  const buses: number[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()))
  }
  try {
    for (let index = 0; index < size; index++) {
      const { bus, server } = await member()
      buses.push(bus)
      servers.push(server)
    }
    const clients = servers.map((server) => new Redis(server.port))
    try {
      for (const [index, client] of clients.entries()) {
        const first = Math.floor((index * slots) / size)
        const last = Math.floor(((index + 1) * slots) / size) - 1
        await client.call('CLUSTER', 'ADDSLOTSRANGE', first, last)
        for (const [other, server] of servers.entries()) {
          if (other !== index)
            await client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, buses[other] ?? 0)
        }
      }
      for (const client of clients) await agreed(() => client.call('CLUSTER', 'INFO'))
    } finally {
      for (const client of clients) client.disconnect()
    }
    const nodes = servers.map(({ port }) => ({ host: '127.0.0.1', port }))
    return { nodes, servers, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function member(): Promise<{ bus: number; server: RedisServerResource }> {
  for (let attempt = 1; ; attempt++) {
    const bus = await freePort()
    const args = ['--cluster-enabled', 'yes', '--cluster-port', String(bus)]
    try {
      return { bus, server: await redisServer({ args }) }
    } catch (error) {
      // Its own port it has changed by itself: it was this one that somebody else took.
      if (attempt === 3 || !/already in use/.test(String(error))) throw error
    }
  }
}

async function agreed(info: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const text = String(await info())
    if (text.includes('cluster_state:ok') && text.includes(`cluster_known_nodes:${size}`)) return
    if (attempt === 1_200) throw new Error(`the nodes of the cluster do not agree:\n${text}`)
    await wait(50)
  }
}

/** One server in a process of its own, which says what it has used of the processor. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ServerName, servers } from './servers.ts'

/** A server under measurement. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: number
  /** Microseconds of processor time since the start. */
  cpu(): Promise<number>
}

const here = fileURLToPath(import.meta.url)

/** Starts it as an application would: packages as they were built, types stripped by Node, no loader. */
export async function serverProcess(name: ServerName): Promise<ServerProcess> {
  const child = fork(here, [name], {
    execArgv: [],
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
  })
  const ask = async (): Promise<number> => {
    const answer = once(child, 'message') as Promise<[number]> // cast: it sends numbers
    child.send('cpu')
    return (await answer)[0]
  }
  const [port] = (await once(child, 'message')) as [number] // cast: it sends numbers
  return {
    port,
    cpu: ask,
    async [Symbol.asyncDispose]() {
      child.kill()
      await once(child, 'exit')
    },
  }
}

if (process.argv[1] === here && process.send !== undefined) {
  const create = servers[process.argv[2] as ServerName] // cast: serverProcess gives the name
  const server = await create()
  server.listen(0, '127.0.0.1', () => {
    process.send?.((server.address() as AddressInfo).port) // cast: it listens on TCP
  })
  // Whoever measures is gone: nobody else would end this process.
  process.on('disconnect', () => process.exit())
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
}

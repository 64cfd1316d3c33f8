/** A real Mizan server with sockets, some tasks, and descriptors as generated code has them. */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CallDescriptor, ContextDescriptor } from '@mizan/base'
import { mizan, upgrade } from '@mizan/node'
import {
  client,
  collect,
  createApp,
  defineContext,
  getPrincipal,
  GlobalContext,
  signIn,
} from '@mizan/server'

const TaskContext = defineContext('task')

/** A running server. */
export interface LiveServer extends AsyncDisposable {
  readonly origin: string
  /** For `live({ url })`. */
  readonly url: string
  /** Lines of HTTP: `GET task?task_id=5`, `POST rename`. */
  readonly log: string[]
  readonly titles: Map<number, string>
  /** Ends every socket, as a lost network does. */
  cut(): void
  /** Takes no sockets until the returned function is called. */
  refuse(): () => void
}

/** Starts it on a free port. */
export async function liveServer(): Promise<LiveServer> {
  const titles = new Map([
    [5, 'Task 5'],
    [6, 'Task 6'],
  ])
  const functions = collect(
    client({ context: TaskContext }, function taskTitle(taskId: number): string {
      return titles.get(taskId) ?? 'none'
    }),
    client({ affects: TaskContext }, function rename(taskId: number, title: string): void {
      titles.set(taskId, title)
    }),
    client({ context: GlobalContext }, function currentUser(): string | null {
      return getPrincipal()?.id ?? null
    }),
    client(function enter(id: string): Promise<void> {
      return signIn(id)
    }),
  )
  const app = createApp({
    functions,
    identity: {
      secret: 'a session secret that only the tests know',
      resolve: async (id) => ({ id, staff: false, superuser: false }),
      cookie: { secure: false },
    },
  })
  const log: string[] = []
  const listener = mizan(app)
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/api/mizan/', '').replace(/^ctx\/(\w+)\//, '$1')
    log.push(`${request.method} ${path.replace(/\/$/, '')}`)
    listener(request, response)
  })
  const sockets = new Set<{ destroy(): void }>()
  let isRefusing = false
  server.on('upgrade', (_request, socket) => {
    sockets.add(socket)
    if (isRefusing) socket.destroy()
  })
  upgrade(server, app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // cast: it listens on TCP
  return {
    origin: `http://127.0.0.1:${port}`,
    url: `ws://127.0.0.1:${port}/api/mizan/live/`,
    log,
    titles,
    cut() {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
    },
    refuse() {
      isRefusing = true
      return () => {
        isRefusing = false
      }
    },
    async [Symbol.asyncDispose]() {
      await app.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const artifact = '0123456789abcdef'

export const taskContext: ContextDescriptor<{ taskId: number }, { taskTitle: string }> = {
  name: 'task',
  artifact,
  params: { taskId: { wire: 'task_id', required: true, kind: 'number' } },
  members: { taskTitle: { wire: 'task_title' } },
}

export const globalContext: ContextDescriptor<
  Record<string, never>,
  { currentUser: string | null }
> = { name: 'global', artifact, params: {}, members: { currentUser: { wire: 'current_user' } } }

export const rename: CallDescriptor<{ taskId: number; title: string }, void> = {
  name: 'rename',
  artifact,
  args: { taskId: { wire: 'task_id' }, title: { wire: 'title' } },
}

export const enter: CallDescriptor<{ id: string }, void> = {
  name: 'enter',
  artifact,
  args: { id: { wire: 'id' } },
}

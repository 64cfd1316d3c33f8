/** Holds requests that Vite proxies while the server behind it restarts: a page that follows an edit meets no 502. */

import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Plugin, ProxyOptions } from 'vite'
import type { ViteProject } from './find-project.ts'

/** Milliseconds between two tries, and until Vite may say that nobody answers. */
const interval = 50
const patience = 10_000

/** Also while `mizan dev` follows an edit: the server that answers now may be the one that is about to end. */
export function waitForServer(project: ViteProject): Plugin {
  return {
    name: 'mizan:wait-for-server',
    apply: 'serve',
    configureServer(server) {
      project.settle(server.config.root)
      const mark = join(project.root, '.mizan', 'dev-edit')
      const targets = proxyTargets(server.config.server.proxy)
      if (targets.length === 0) return
      // Before Vite's own middlewares, and so before its proxy.
      server.middlewares.use((request, _response, next) => {
        const target = targets.find(({ matches }) => matches(request.url ?? ''))
        if (target === undefined) next()
        else void untilItAccepts(target.url, mark).then(() => next())
      })
    },
  }
}

interface ProxyTarget {
  readonly url: URL
  matches(url: string): boolean
}

function proxyTargets(proxy: Record<string, string | ProxyOptions> | undefined): ProxyTarget[] {
  return Object.entries(proxy ?? {}).flatMap(([path, options]) => {
    const target = typeof options === 'string' ? options : options.target
    if (typeof target !== 'string' && !(target instanceof URL)) return []
    // A key that begins with ^ is a regular expression, as Vite has it.
    const pattern = path.startsWith('^') ? new RegExp(path) : undefined
    return [
      {
        url: new URL(target),
        matches: (url) => (pattern === undefined ? url.startsWith(path) : pattern.test(url)),
      },
    ]
  })
}

async function untilItAccepts(url: URL, mark: string): Promise<void> {
  const deadline = performance.now() + patience
  while ((existsSync(mark) || !(await accepts(url))) && performance.now() < deadline) {
    await pause(interval)
  }
}

function accepts({ hostname, port, protocol }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(port) || (protocol === 'https:' ? 443 : 80), hostname)
    const end = (answer: boolean) => (): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', end(true)).once('error', end(false))
  })
}

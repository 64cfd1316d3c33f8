/** Cloudflare's own runtime, through Miniflare. */

import { readdir, readFile } from 'node:fs/promises'
import type { Miniflare, MiniflareOptions } from 'miniflare'
import { guard } from './guard.ts'

/** What Miniflare takes: `modules: true, script`, or `modules: [...]`, and bindings. */
export type WorkerdOptions = MiniflareOptions

/** A running Worker. */
export interface WorkerdResource extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Sends a request to the Worker without a socket; any host name may stand in its URL. */
  readonly dispatch: Miniflare['dispatchFetch']
  /** For bindings, caches and new options. */
  readonly miniflare: Miniflare
}

/**
 * Starts workerd with one or more Workers on a free port; nothing is fetched and nothing persists. It takes about half
 * a second: share one in a test file.
 */
export async function workerd(options: WorkerdOptions): Promise<WorkerdResource> {
  const { Miniflare } = await import('miniflare')
  const miniflare = new Miniflare({ ...options, host: '127.0.0.1', port: 0, cf: false })
  let url: URL
  try {
    url = await miniflare.ready
  } catch (error) {
    await miniflare.dispose()
    throw error
  }
  const guards = (await workerdChildren()).map((pid) => guard({ pid }))
  return {
    url: url.origin,
    dispatch: (input, init) => miniflare.dispatchFetch(input, init),
    miniflare,
    async [Symbol.asyncDispose]() {
      await miniflare.dispose()
      for (const watch of guards) watch[Symbol.dispose]()
    },
  }
}

/**
 * workerd outlives a killed parent, and Miniflare keeps its process to itself, so Linux is asked for it. A second
 * Worker of this process may be found as well; a guard more does no harm, as it only acts when this process dies.
 */
async function workerdChildren(): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.map(Number).filter(Number.isInteger)
  const ours = await Promise.all(pids.map(isWorkerdChild))
  return pids.filter((_, index) => ours[index])
}

async function isWorkerdChild(pid: number): Promise<boolean> {
  // "pid (comm) state ppid …"; a process that ended meanwhile has no file.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [, command, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? []
  return command === 'workerd' && Number(parent) === process.pid
}

/** Shows in the page what keeps the server from following an edit: `mizan dev` writes it, Vite's overlay shows it. */

import { existsSync, readFileSync, watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { HotPayload, Plugin } from 'vite'
import type { ViteProject } from './find-project.ts'

/** What `.mizan/dev-error.json` holds. */
interface DevError {
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  readonly serverRuns: boolean
}

export function devOverlay(project: ViteProject): Plugin {
  let close: (() => void) | undefined
  return {
    name: 'mizan:dev-overlay',
    apply: 'serve',
    async configureServer(server) {
      project.settle(server.config.root)
      const path = join(project.root, '.mizan', 'dev-error.json')
      await mkdir(dirname(path), { recursive: true })
      close = follow(path, (error) => server.ws.send(payloadOf(error, project.root)))
      // A page that is opened, or reloaded, while the error stands.
      server.ws.on('connection', (socket) => {
        const error = readError(path)
        if (error !== undefined) socket.send(JSON.stringify(payloadOf(error, project.root)))
      })
    },
    // Also when a dev server closes.
    buildEnd() {
      close?.()
    },
  }
}

/** Tells of each change of the file: the error in it, or `undefined` once it is gone. */
function follow(path: string, onChange: (error: DevError | undefined) => void): () => void {
  let last = readText(path)
  // The folder, because the file comes and goes; it is replaced whole, so there is no half of it to read.
  const watcher = watch(dirname(path), () => {
    const text = readText(path)
    if (text === last) return
    last = text
    onChange(readError(path))
  })
  return () => watcher.close()
}

function payloadOf(error: DevError | undefined, root: string): HotPayload {
  // An update of nothing takes the overlay away.
  if (error === undefined) return { type: 'update', updates: [] }
  const { message, file, line = 1, column = 1, serverRuns } = error
  const state = serverRuns
    ? 'The server could not follow the last edit and runs as before.'
    : 'The server is not running.'
  return {
    type: 'error',
    err: {
      plugin: 'mizan',
      message: `${state}\n\n${message}`,
      stack: '',
      ...(file === undefined
        ? {}
        : { id: join(root, file), loc: { file: join(root, file), line, column } }),
    },
  }
}

function readError(path: string): DevError | undefined {
  const text = readText(path)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as DevError // cast: written by mizan dev
  } catch {
    return { message: text, serverRuns: false }
  }
}

function readText(path: string): string | undefined {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined // removed between the two
  }
}

/** Keeps the generated files current while a dev server runs, unless `mizan dev` or `mizan generate --watch` does. */

import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import {
  normalizePath,
  type HotPayload,
  loadConfigFromFile,
  type Plugin,
  type ViteDevServer,
} from 'vite'
import type { ClientTarget } from '../emit/files.ts'
import { createGenerator, type Generator } from '../generate.ts'
import { formatProblem, type Problem } from '../problem.ts'
import type { ViteProject } from './find-project.ts'

/** What is read of `mizan.config.ts`. */
interface Config {
  readonly functions: readonly string[]
  readonly out?: string
  readonly targets?: readonly ClientTarget[]
}

export function generateInDev(project: ViteProject): Plugin {
  return {
    name: 'mizan:generate',
    apply: 'serve',
    async configureServer(server) {
      project.settle(server.config.root)
      const config = await readConfig(project.root).catch((error: unknown) => {
        server.config.logger.error(`mizan.config.ts does not load: ${String(error)}`)
      })
      if (config === undefined) return
      const generator = createGenerator({ root: project.root, ...config })
      await followEdits(server, { generator, root: project.root })
    },
  }
}

/** The configuration as Vite reads its own; without one there is nothing to generate. */
async function readConfig(root: string): Promise<Config | undefined> {
  const path = ['ts', 'js', 'mjs']
    .map((end) => join(root, `mizan.config.${end}`))
    .find((candidate) => existsSync(candidate))
  if (path === undefined) return undefined
  const loaded = await loadConfigFromFile({ command: 'serve', mode: 'development' }, path, root)
  const config: unknown = loaded?.config
  if (typeof config !== 'object' || config === null || !('functions' in config)) return undefined
  const { functions, out, targets } = config as Config // cast: `mizan generate` says what is wrong with it
  return {
    functions,
    ...(out === undefined ? {} : { out }),
    ...(targets === undefined ? {} : { targets }),
  }
}

interface Following {
  readonly generator: Generator
  readonly root: string
}

async function followEdits(server: ViteDevServer, { generator, root }: Following): Promise<void> {
  const pending = new Set<string>()
  let running: Promise<void> | undefined
  let shown: HotPayload | undefined
  const show = (problems: readonly Problem[]): void => {
    const before = shown
    shown = problems.length === 0 ? undefined : payloadOf(problems, root)
    if (shown !== undefined) server.ws.send(shown)
    // An update of nothing takes the overlay away.
    else if (before !== undefined) server.ws.send({ type: 'update', updates: [] })
  }
  const run = async (paths: readonly string[]): Promise<void> => {
    const { problems, changed } = await generator.generate(paths)
    for (const problem of problems)
      server.config.logger.error(formatProblem(problem), { timestamp: true })
    if (changed.length > 0)
      server.config.logger.info(`mizan wrote ${changed.join(', ')}`, { timestamp: true })
    show(problems)
    server.watcher.add([...generator.sources()])
    // Written while they were read.
    lookAgain()
  }
  const lookAgain = (): void => {
    for (const path of generator.sources()) if (!generator.isCurrent(path)) pending.add(path)
  }
  const drain = async (): Promise<void> => {
    while (pending.size > 0) {
      const paths = [...pending]
      pending.clear()
      await run(paths).catch((error: unknown) => {
        server.config.logger.error(`mizan: ${String(error)}`, { timestamp: true })
      })
    }
  }
  server.watcher.on('all', (_event, path) => {
    const changed = normalizePath(isAbsolute(path) ? path : resolve(root, path))
    if (!isSource(changed) || isGeneratedElsewhere(root)) return
    pending.add(changed)
    follow()
  })
  // Vite's watcher tells nothing of what was written before it had looked around, or right behind another change.
  const follow = (): void => {
    running ??= drain().finally(() => {
      running = undefined
      setTimeout(catchUp, swallowTime).unref()
    })
  }
  const catchUp = (): void => {
    if (isGeneratedElsewhere(root)) return
    lookAgain()
    if (pending.size > 0) follow()
  }
  server.watcher.once('ready', catchUp)
  // A page that is opened, or reloaded, while the problems stand.
  server.ws.on('connection', (socket) => {
    if (shown !== undefined) socket.send(JSON.stringify(shown))
  })
  if (isGeneratedElsewhere(root)) return
  await run([])
  setTimeout(catchUp, swallowTime).unref()
}

/** Milliseconds in which a watcher may drop a change of a file that has just changed, and some. */
const swallowTime = 100

function payloadOf(problems: readonly Problem[], root: string): HotPayload {
  const [first] = problems
  const place =
    first === undefined
      ? {}
      : {
          id: join(root, first.file),
          loc: { file: join(root, first.file), line: first.line, column: first.column },
        }
  const message = problems.map(formatProblem).join('\n')
  return { type: 'error', err: { plugin: 'mizan', message, stack: '', ...place } }
}

function isSource(path: string): boolean {
  return /\.([cm]?[jt]sx?|json)$/.test(path) && !/\.gen\.|\/node_modules\/|\/\.mizan\//.test(path)
}

/** Whether a process of ours that watches has said so, and still runs. */
function isGeneratedElsewhere(root: string): boolean {
  try {
    const pid = Number.parseInt(readFileSync(join(root, '.mizan', 'watching'), 'utf8'), 10)
    return pid !== process.pid && process.kill(pid, 0)
  } catch {
    return false
  }
}

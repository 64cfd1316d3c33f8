/** A project in a folder of its own, and `mizan` in it: inside the test's process, or as a command. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guard, temporaryFolder } from '@mizan/testing/resources'
import { main } from '../src/main.ts'

const repository = resolve(fileURLToPath(import.meta.url), '../../../..')
const bin = join(repository, 'cores/cli/bin/mizan.js')

/** How a command ended and what it said. */
export interface Outcome {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** A command that stays. */
export interface Running extends AsyncDisposable {
  /** Resolves with the match as soon as something was said that matches; each text is matched once. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  signal(name: NodeJS.Signals): void
  readonly ended: Promise<Outcome>
}

export interface CliProject extends AsyncDisposable {
  readonly root: string
  write(file: string, text: string): Promise<void>
  read(file: string): Promise<string>
  /** Removes a file or a folder. */
  remove(path: string): Promise<void>
  /** Runs a command line inside this process, to its end. */
  run(...args: readonly string[]): Promise<Outcome>
  /** Starts the real command. */
  start(...args: readonly string[]): Running
}

/** Of as few types as possible: reading them is what a short run takes its time for. */
const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    types: [],
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
    noEmit: true,
  },
}

/** Makes a project; `config` is what its configuration exports. A command that is started gets `environment` besides. */
export async function cliProject(
  config: string,
  files: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<CliProject> {
  const folder = await temporaryFolder()
  const root = folder.path
  const write = async (file: string, text: string): Promise<void> => {
    const path = join(root, file)
    await mkdir(dirname(path), { recursive: true })
    // Whole at once, as editors save: a watcher never sees half a file.
    await writeFile(`${path}~`, text)
    await rename(`${path}~`, path)
  }
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  await write('package.json', '{ "type": "module" }')
  await write('tsconfig.json', JSON.stringify(tsconfig))
  await write('mizan.config.ts', `export default ${config}\n`)
  for (const [file, text] of Object.entries(files)) await write(file, text)
  const start = (...args: readonly string[]): Running => startProcess(root, args, environment)
  return {
    root,
    write,
    read: (file) => readFile(join(root, file), 'utf8'),
    remove: (path) => rm(join(root, path), { recursive: true }),
    start,
    run: (...args) => runInside(root, args),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

async function runInside(folder: string, args: readonly string[]): Promise<Outcome> {
  const said = { output: '', errors: '' }
  const complain = (text: string): void => void (said.errors += `mizan ${text}\n`)
  const code = await main(args, {
    folder,
    terminal: {
      print: (text) => void (said.output += `${text}\n`),
      say: complain,
      complain,
      dim: (text) => text,
    },
  })
  return { code, ...said }
}

function startProcess(
  root: string,
  args: readonly string[],
  own: Readonly<Record<string, string>>,
): Running {
  const { DATABASE_URL: _, ...environment } = process.env
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: root,
    env: { ...environment, ...own },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { output: '', errors: '' }
  const waiting = new Set<() => void>()
  const listen = (name: 'output' | 'errors', stream: NonNullable<ChildProcess['stdout']>): void => {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      said[name] += text
      unread += text
      for (const check of waiting) check()
    })
  }
  let unread = ''
  listen('output', child.stdout)
  listen('errors', child.stderr)
  // A test that runs out of time disposes nothing, and its process may be killed.
  const onExit = (): void => void child.kill('SIGTERM')
  process.once('exit', onExit)
  const watch = guard({ ...(child.pid === undefined ? {} : { pid: child.pid }), signal: 'TERM' })
  child.once('exit', () => {
    process.off('exit', onExit)
    watch[Symbol.dispose]()
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }))
  return {
    ended,
    signal: (name) => void child.kill(name),
    until(pattern) {
      return new Promise((settle, refuse) => {
        const check = (): void => {
          const match = pattern.exec(unread)
          if (match === null) return
          // Only what matched is used up: two processes write here, in no order.
          unread = unread.slice(0, match.index) + unread.slice(match.index + match[0].length)
          waiting.delete(check)
          settle(match)
        }
        waiting.add(check)
        void ended.then(({ output, errors }) =>
          refuse(new Error(`mizan ended without ${pattern}:\n${output}${errors}`)),
        )
        check()
      })
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

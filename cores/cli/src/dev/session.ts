/** One `mizan dev`: generates after every edit, and restarts the command only when that went well. */

import { resolve } from 'node:path'
import type { GenerateResult, Generator } from '@mizan/codegen'
import { report } from '../commands/generate.ts'
import { touchesMigrations } from '../database/db-of.ts'
import { ProjectFailure, wordsFor } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import { problemLines } from '../open-generator.ts'
import type { Terminal } from '../terminal.ts'
import { clearDevQueries, devQueriesEnvironment } from './queries.ts'
import { type Child, type ChildExit, startChild } from './child.ts'
import { clearDevEdit, markDevEdit } from './dev-edit.ts'
import { clearDevError, type DevPlace, placeIn, writeDevError } from './dev-error.ts'

/** What a session works with. */
export interface SessionOptions {
  readonly loaded: LoadedConfig
  readonly generator: Generator
  readonly terminal: Terminal
  readonly command: readonly string[]
  /** For the command, besides the environment of this process. */
  readonly environment: Readonly<Record<string, string>>
  /** Brings the database up to date when one of `paths` asks for it. */
  migrate(paths: readonly string[]): Promise<void>
}

/** Generates, runs, and keeps running. */
export class DevSession {
  readonly #options: SessionOptions
  /** The running command. */
  #child: Child | undefined
  /** The command that was last asked to end. */
  #stopping: Child | undefined

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /**
   * Generates and starts the command. With problems in the source, the first edit that mends them starts it.
   *
   * @throws Error when the command cannot be started at all.
   */
  async start(): Promise<void> {
    // Left by one that was killed.
    await clearDevEdit(this.#options.loaded.root)
    if (!(await this.#generate([])).ok) return
    this.#run()
    await this.#started
  }

  /** Follows an edit; what goes wrong is told, and waits for the next one. */
  async edit(paths: readonly string[]): Promise<void> {
    try {
      await this.#follow(paths)
    } catch (error) {
      await this.#fail({ message: wordsFor(error) })
    }
  }

  /** What was asked for, or nothing when it went wrong; then that is told, and waits for the next edit. */
  async attempt<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked
    } catch (error) {
      const message = wordsFor(error)
      await this.#fail({ message, ...placeIn(message, this.#options.loaded.root) })
      return undefined
    }
  }

  async #follow(paths: readonly string[]): Promise<void> {
    const { root } = this.#options.loaded
    await markDevEdit(root)
    try {
      if (!(await this.#takesOver(paths))) return
      await this.#stop()
    } finally {
      await clearDevEdit(root)
    }
    this.#run()
    await this.#started.catch((error: unknown) => {
      this.#child = undefined
      throw new ProjectFailure(`the command cannot be started: ${String(error)}`)
    })
  }

  /** Generates and migrates; whether the command is to start again. */
  async #takesOver(paths: readonly string[]): Promise<boolean> {
    const before = new Set(this.#options.generator.sources())
    const { ok } = await this.#generate(paths)
    if (!ok) return false
    const after = new Set(this.#options.generator.sources())
    this.#advise(paths)
    // A page beside the functions is not a reason to restart the server, unless the server is not running.
    const matters =
      paths.some((path) => before.has(path) || after.has(path) || this.#isSchema(path)) ||
      touchesMigrations(this.#options.loaded, paths)
    if (!matters && this.#child !== undefined) return false
    await this.#options.migrate(paths)
    return true
  }

  get generator(): Generator {
    return this.#options.generator
  }

  /** Ends the command at once, for whoever has asked twice. */
  kill(): void {
    this.#stopping?.kill()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#stop()
    clearDevQueries(this.#options.loaded.root)
    await clearDevError(this.#options.loaded.root)
  }

  #started: Promise<void> = Promise.resolve()
  #isClosed = false

  async #stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    // Forgotten first: its end is no news then.
    this.#child = undefined
    this.#stopping = child
    await child.stop()
  }

  /** What an edit asks for that only a person can do. */
  #advise(paths: readonly string[]): void {
    if (paths.some((changed) => this.#isSchema(changed))) {
      this.#options.terminal.say(
        'the schema changed; mizan db generate <name> writes the migration',
      )
    }
  }

  #isSchema(path: string): boolean {
    const { config, root } = this.#options.loaded
    return config.db !== undefined && path === resolve(root, config.db.schema)
  }

  async #generate(paths: readonly string[]): Promise<{ readonly ok: boolean }> {
    const { generator, loaded, terminal } = this.#options
    const start = performance.now()
    const result = await generator.generate(paths)
    const { functions } = loaded.config
    const facts = { functions, milliseconds: performance.now() - start }
    const failure = await report(result, facts, terminal)
    if (failure !== undefined) terminal.complain(failure)
    const trouble = await firstProblem(result)
    if (trouble === undefined) {
      await clearDevError(loaded.root)
      return { ok: true }
    }
    if (this.#child !== undefined) terminal.complain('the server keeps running as it was')
    await this.#tell(trouble)
    return { ok: false }
  }

  #run(): void {
    if (this.#isClosed) return // while an edit was on its way
    const { command, environment, loaded, terminal } = this.#options
    terminal.say(`starting ${command.join(' ')}`)
    clearDevQueries(loaded.root)
    const child = startChild(command, {
      folder: loaded.root,
      environment: {
        ...(loaded.config.db === undefined ? {} : devQueriesEnvironment(loaded.root)),
        ...environment,
      },
    })
    this.#child = child
    this.#started = new Promise((resolve, reject) => {
      child.exited.then(
        (exit) => {
          resolve()
          void this.#ended(child, exit)
        },
        (error: NodeJS.ErrnoException) => reject(error),
      )
      // `error` comes before anything else, in the turn after the spawn.
      setImmediate(() => setImmediate(resolve))
    })
    this.#started.catch(() => undefined)
  }

  /** The command ended without being asked to. */
  async #ended(child: Child, { code, signal, lastWords }: ChildExit): Promise<void> {
    if (this.#child !== child) return
    this.#child = undefined
    const how = signal === null ? `with code ${code ?? 0}` : `by ${signal}`
    if (code === 0) this.#options.terminal.say('the command ended; waiting for an edit')
    else {
      const reason = summaryOf(lastWords)
      await this.#fail({
        message: `the command ended ${how}${reason === '' ? '' : `: ${reason}`}`,
        ...placeIn(lastWords, this.#options.loaded.root),
      })
    }
  }

  async #fail(trouble: Trouble): Promise<void> {
    this.#options.terminal.complain(`${trouble.message.split('\n')[0]}; waiting for an edit`)
    await this.#tell(trouble)
  }

  async #tell(trouble: Trouble): Promise<void> {
    if (this.#isClosed) return
    const serverRuns = this.#child !== undefined
    await writeDevError(this.#options.loaded.root, { ...trouble, serverRuns })
  }
}

/** What is wrong, and where that is known. */
interface Trouble extends DevPlace {
  readonly message: string
}

async function firstProblem({ problems }: GenerateResult): Promise<Trouble | undefined> {
  const [first] = problems
  if (first === undefined) return undefined
  const { file, line, column } = first
  const message = problems.length === 1 ? first.message : (await problemLines(problems)).join('\n')
  return { message, file, line, column }
}

/** The line of a crash that says what happened: `TypeError: …`. */
function summaryOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  return (
    lines.find((line) => /^(\w*Error|Uncaught)\b.*:/.test(line)) ??
    lines.filter(Boolean).at(-1) ??
    ''
  )
}

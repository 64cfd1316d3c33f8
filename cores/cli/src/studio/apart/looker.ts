/** One process that looks at a SQLite file. */

import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DbError } from '@mizan/db'
import type { Question, Reply } from './messages.ts'

/** Which file, and how it is opened. */
export interface LookerOptions {
  /** The project, whose packages open it. */
  readonly root: string
  /** The export of `@mizan/db-sqlite` that makes the dialect. */
  readonly member: string
  readonly url: string
  /** Milliseconds that a statement may take. */
  readonly limit: number
}

type Rows = readonly Record<string, unknown>[]

interface Waiting {
  readonly settle: (rows: Rows) => void
  readonly refuse: (error: Error) => void
}

/** Runs one statement after another; one that takes too long ends the process. */
export class Looker {
  readonly #child: ChildProcess
  readonly #limit: number
  readonly #waiting = new Map<number, Waiting>()
  readonly #opened: Promise<Rows>
  #questions = 0

  constructor({ root, member, url, limit }: LookerOptions) {
    this.#limit = limit
    this.#opened = new Promise((settle, refuse) => this.#waiting.set(0, { settle, refuse }))
    this.#opened.catch(() => undefined) // whoever asks hears of it
    const path = import.meta.url.endsWith('.ts') ? './child.ts' : './child.js'
    this.#child = fork(fileURLToPath(new URL(path, import.meta.url)), [root, member, url], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: execArgv(),
      // Ctrl-C on a terminal is the studio's to hear.
      detached: true,
    })
    this.#child.on('message', (reply: Reply) => this.#hear(reply))
    this.#child.once('error', (error) => this.#end(new DbError('connection', error.message)))
    this.#child.once('exit', () =>
      this.#end(new DbError('connection', 'the process that looks at the database has ended')),
    )
  }

  /** Whether it can be asked again. */
  get isAlive(): boolean {
    return this.#child.connected
  }

  /** @throws DbError of the database, or `statement_timeout` */
  async ask(sql: string, parameters: readonly unknown[]): Promise<Rows> {
    await this.#opened
    const id = ++this.#questions
    const question: Question = { id, sql, parameters }
    const seconds = this.#limit / 1000
    const timer = setTimeout(() => {
      this.#end(
        new DbError(
          'statement_timeout',
          `the statement took longer than ${seconds} s, and was ended`,
        ),
      )
      this.kill()
    }, this.#limit)
    try {
      return await new Promise<Rows>((settle, refuse) => {
        this.#waiting.set(id, { settle, refuse })
        this.#child.send(question, (error) => {
          if (error !== null) this.#end(new DbError('connection', error.message))
        })
      })
    } finally {
      clearTimeout(timer)
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL')
    if (this.#child.connected) this.#child.disconnect()
  }

  #hear(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if ('rows' in reply) waiting?.settle(reply.rows)
    else waiting?.refuse(new DbError(reply.code, reply.message))
  }

  #end(error: Error): void {
    for (const { refuse } of this.#waiting.values()) refuse(error)
    this.#waiting.clear()
  }
}

/** In a checkout the sources are run. */
function execArgv(): string[] {
  if (!import.meta.url.endsWith('.ts')) return []
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
  return ['--conditions=@mizan/source', '--import', tsx, '--no-warnings']
}

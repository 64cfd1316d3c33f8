/** A run of migrations on the terminal: what comes, what ran and how long, what was left alone. */

import type { MigrateOptions, RunPlan, StepEvent } from '@mizan/db/migrate'
import { ProjectFailure, StoppedFailure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

/** What a run has done so far. */
export interface RunReport {
  /** Ids of the migrations that are through. */
  readonly done: readonly string[]
  /** Ids of those that were to run and have not: the first may be half done. */
  readonly left: readonly string[]
  readonly milliseconds: number
}

type Told = 'onPlan' | 'onWait' | 'onMigration' | 'onStep' | 'onProgress'

const second = 1000

/** Tells of one run. */
export class RunTeller implements Disposable {
  readonly #terminal: Terminal
  readonly #start = performance.now()
  #plan: RunPlan = { direction: 'up', migrations: [], others: 0 }
  #current: { readonly id: string; readonly start: number } | undefined
  readonly #done: string[] = []
  #rows: number | undefined
  #where = ''
  readonly #tick: NodeJS.Timeout | undefined

  constructor(terminal: Terminal) {
    this.#terminal = terminal
    if (terminal.progress === undefined) return
    this.#tick = setInterval(() => this.#pulse(), second)
    this.#tick.unref()
  }

  /** What the runner is given. */
  get options(): Required<Pick<MigrateOptions, Told>> {
    return {
      onPlan: (plan) => this.#begin(plan),
      onWait: (holder) => this.#terminal.say(wordsForWaiting(holder)),
      onMigration: (id) => this.#enter(id),
      onStep: (step) => this.#step(step),
      onProgress: (rows, where) => {
        this.#rows = rows
        this.#where = where
        this.#pulse()
      },
    }
  }

  /** Runs, and says of a failure what was done before it. */
  async around<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      this.finish()
      return result
    } catch (error) {
      if (this.#plan.migrations.length > 0) this.#tellLeft()
      const result = this.report()
      if (error instanceof StoppedFailure)
        throw new StoppedFailure(error.message, { cause: error, result })
      if (error instanceof ProjectFailure)
        throw new ProjectFailure(error.message, { cause: error, result })
      throw error
    }
  }

  /** Nothing comes after this but what the command has to say. */
  finish(): void {
    this.#leave()
  }

  report(): RunReport {
    const left = this.#plan.migrations.filter((id) => !this.#done.includes(id))
    return {
      done: [...this.#done],
      left,
      milliseconds: Math.round(performance.now() - this.#start),
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#tick)
  }

  #begin(plan: RunPlan): void {
    this.#plan = plan
    const { direction, migrations, others } = plan
    if (migrations.length === 0) return
    const what = direction === 'up' ? 'to apply' : 'to take back'
    const rest = direction === 'up' ? 'applied already' : 'stay'
    this.#terminal.say(
      `${countOf(migrations.length)} ${what}${others === 0 ? '' : `, ${others} ${rest}`}`,
    )
  }

  #enter(id: string): void {
    this.#leave()
    this.#current = { id, start: performance.now() }
    const { migrations } = this.#plan
    this.#terminal.say(`${migrations.indexOf(id) + 1}/${migrations.length} ${id}`)
  }

  #leave(): void {
    if (this.#current === undefined) return
    const { id, start } = this.#current
    this.#done.push(id)
    this.#current = undefined
    this.#terminal.say(`    done ${this.#dimmed(performance.now() - start)}`)
  }

  #step({ step, steps, statement, resumed, duration }: StepEvent): void {
    const rows = this.#rows === undefined ? '' : `, ${wordsForRows(this.#rows)}`
    this.#rows = undefined
    this.#where = ''
    const text = statement.replace(/\s*\($/, '')
    const what = resumed ? 'had been done' : text.slice(0, 60) + (text.length > 60 ? '…' : '')
    this.#terminal.say(
      `    step ${Math.abs(step)} of ${steps}${rows}${what === '' ? '' : `: ${what}`} ${this.#dimmed(duration)}`,
    )
  }

  #pulse(): void {
    if (this.#current === undefined) return
    const rows = this.#rows === undefined ? '' : `, ${wordsForRows(this.#rows)}`
    const where = this.#where === '' ? this.#current.id : this.#where
    const time = formatDuration(performance.now() - this.#current.start)
    this.#terminal.progress?.(`    ${where}${rows}, ${time}`)
  }

  #tellLeft(): void {
    const { done, left } = this.report()
    const verb = this.#plan.direction === 'up' ? 'applied' : 'took back'
    this.#terminal.say(`${verb} ${done.length} of ${countOf(this.#plan.migrations.length)}`)
    const untouched = left.filter((id) => id !== this.#current?.id)
    if (untouched.length > 0) this.#terminal.say(`did not begin ${untouched.join(', ')}`)
  }

  #dimmed(milliseconds: number): string {
    return this.#terminal.dim(`(${formatDuration(milliseconds)})`)
  }
}

/** Of a run that has to wait for another one. */
export function wordsForWaiting(holder: string | undefined): string {
  return `waiting for another migration of this database${holder === undefined ? '' : ` (${holder})`}`
}

/** `1 migration`, `2 migrations` */
export function countOf(number: number): string {
  return `${number} ${number === 1 ? 'migration' : 'migrations'}`
}

/** `12 ms`, `1.2 s`, `2 min 5 s` */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < second) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / second
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`
}

function wordsForRows(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`
}

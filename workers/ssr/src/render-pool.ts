/** Shares renders among worker processes, and replaces processes that end. */

import { MizanError } from '@mizan/protocol'
import { maximumFrameBytes } from './frames.ts'
import type { RenderJob } from './render-job.ts'
import { type ProcessCommand, type ProcessEnd, RenderProcess } from './render-process.ts'

/** Limits of a pool. */
export interface RenderPoolOptions {
  readonly processes: number
  readonly maximumQueue: number
  /** Renders after which a process is replaced. */
  readonly maximumRenders: number
  /** Bytes above which a process is replaced. */
  readonly maximumMemory: number
  onOutput(text: string): void
}

/** A place for a process, which lives longer than the process. */
interface Slot {
  process: RenderProcess | undefined
  /** Ends in a row without an answer between them. */
  failures: number
  timer: NodeJS.Timeout | undefined
}

interface Waiter {
  resolve(): void
  reject(error: unknown): void
}

/** Renders that one process is given ahead, so that it never waits for the pipe. */
const maximumLoad = 16
/** Characters of props that may wait: a hung worker must not fill the server's memory with large ones. */
const maximumQueueLength = 8 * maximumFrameBytes
const shutdownGrace = 1_000

/** The queue and the processes. */
export class RenderPool {
  readonly #command: ProcessCommand
  readonly #options: RenderPoolOptions
  readonly #slots: Slot[] = []
  readonly #queue: RenderJob[] = []
  /** Processes that take nothing new: they finish what they have, and go. */
  readonly #retiring = new Set<RenderProcess>()
  #startWaiters: Waiter[] = []
  #drained: (() => void) | undefined
  /** It takes no renders any more. */
  #closed = false
  /** Nor does it finish those that it has. */
  #ended = false
  readonly #killAll = (): void => {
    for (const slot of this.#slots) slot.process?.kill()
    for (const process of this.#retiring) process.kill()
  }

  constructor(command: ProcessCommand, options: RenderPoolOptions) {
    this.#command = command
    this.#options = options
  }

  /** Starts the processes unless they run; settles when one is ready. */
  start(): Promise<void> {
    if (this.#closed) return Promise.reject(closedError())
    if (this.#slots.length === 0) {
      // A worker in an endless loop never sees its channel close.
      process.on('exit', this.#killAll)
      for (let count = 0; count < this.#options.processes; count += 1) {
        this.#spawn(this.#addSlot())
      }
    }
    if (this.#slots.some((slot) => slot.process?.isReady)) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#startWaiters.push({ resolve, reject })
    })
  }

  /** Takes a render; the function that comes back cancels it. */
  add(job: RenderJob): () => void {
    if (this.#closed) throw closedError()
    if (this.#queue.length >= this.#options.maximumQueue) {
      throw new MizanError(
        'UNAVAILABLE',
        `${this.#queue.length} renders are waiting for a render worker already`,
      )
    }
    if (this.#queue.length > 0 && this.#queuedLength() + job.params.length > maximumQueueLength) {
      throw new MizanError(
        'UNAVAILABLE',
        `renders with ${this.#queuedLength()} characters of props are waiting for a render worker already`,
      )
    }
    // Why it does not start is told to the renders that wait for it.
    if (this.#slots.length === 0) this.start().catch(() => undefined)
    this.#queue.push(job)
    this.#dispatch()
    return () => this.#cancel(job)
  }

  /** Whether any process answers. */
  async health(milliseconds: number): Promise<boolean> {
    const answers = await Promise.all(
      this.#slots.map((slot) => slot.process?.ping(milliseconds) ?? false),
    )
    return answers.includes(true)
  }

  /** Waits for what was taken, at most `milliseconds`, then ends the processes. */
  async close(milliseconds: number): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (this.#isBusy()) await this.#drain(milliseconds)
    this.#ended = true
    for (const job of this.#queue.splice(0)) job.reject(closedError())
    for (const waiter of this.#startWaiters.splice(0)) waiter.reject(closedError())
    await Promise.all([
      ...this.#slots.map((slot) => {
        clearTimeout(slot.timer)
        return slot.process?.shutdown(shutdownGrace)
      }),
      ...[...this.#retiring].map((process) => process.shutdown(shutdownGrace)),
    ])
    process.off('exit', this.#killAll)
  }

  #addSlot(): Slot {
    const slot: Slot = { process: undefined, failures: 0, timer: undefined }
    this.#slots.push(slot)
    return slot
  }

  #spawn(slot: Slot): void {
    slot.timer = undefined
    try {
      const process: RenderProcess = new RenderProcess(this.#command, {
        onOutput: this.#options.onOutput,
        onReady: () => {
          for (const waiter of this.#startWaiters.splice(0)) waiter.resolve()
          this.#dispatch()
        },
        onAnswer: () => {
          slot.failures = 0
          this.#retireWhenWorn(slot, process)
          this.#dispatch()
        },
        onRoom: () => this.#dispatch(),
        onEnd: (end) => {
          if (!this.#retiring.delete(process)) this.#replace(slot, end)
          else this.#requeue(end)
        },
      })
      slot.process = process
    } catch (error) {
      // Some faults are thrown by spawn() itself. This runs in a timer, where they would end the server.
      const reason = error instanceof Error ? error.message : String(error)
      this.#replace(slot, { reason, wasReady: false, left: [] })
    }
  }

  #replace(slot: Slot, end: ProcessEnd): void {
    slot.process = undefined
    slot.failures += 1
    if (this.#ended) {
      for (const job of end.left) job.reject(closedError())
      return
    }
    this.#requeue(end)
    // A worker that does not even start would keep everyone waiting for ever.
    const isLast = this.#slots.every((other) => other.process === undefined)
    if (isLast && !end.wasReady) this.#failWaiting(end.reason)
    // During close() a replacement is needed as long as something waits.
    if (!this.#closed || this.#queue.length > 0) {
      slot.timer = setTimeout(() => this.#spawn(slot), backoff(slot.failures))
    }
    this.#dispatch()
  }

  #requeue(end: ProcessEnd): void {
    if (this.#ended) {
      for (const job of end.left) job.reject(closedError())
      return
    }
    for (const job of [...end.left].reverse()) this.#move(job, end.reason)
    this.#dispatch()
  }

  /** What has rendered much or holds much makes room for a fresh one, which starts first. */
  #retireWhenWorn(slot: Slot, process: RenderProcess): void {
    const { maximumRenders, maximumMemory } = this.#options
    const isWorn = process.answers >= maximumRenders || process.memory > maximumMemory
    if (slot.process === process && isWorn && !this.#closed) {
      this.#retiring.add(process)
      slot.process = undefined
      this.#spawn(slot)
    }
    if (this.#retiring.has(process) && process.load === 0) void process.shutdown(shutdownGrace)
  }

  #move(job: RenderJob, reason: string): void {
    job.cancel = undefined
    if (job.moved) {
      job.reject(
        new MizanError(
          'UNAVAILABLE',
          `${job.component} was not rendered: two render workers ended before it (${reason})`,
        ),
      )
      return
    }
    job.moved = true
    this.#queue.unshift(job)
  }

  #failWaiting(reason: string): void {
    const error = new MizanError('UNAVAILABLE', `The render worker does not start: ${reason}`)
    for (const job of this.#queue.splice(0)) job.reject(error)
    for (const waiter of this.#startWaiters.splice(0)) waiter.reject(error)
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const free = this.#leastLoaded()
      const job = free && this.#queue.shift()
      if (free === undefined || job === undefined) break
      free.send(job)
    }
    if (!this.#isBusy()) this.#drained?.()
  }

  #queuedLength(): number {
    return this.#queue.reduce((sum, { params }) => sum + params.length, 0)
  }

  #leastLoaded(): RenderProcess | undefined {
    return this.#slots
      .flatMap(({ process }) => (process?.hasRoom(maximumLoad) ? [process] : []))
      .sort((a, b) => a.activeLoad - b.activeLoad)[0]
  }

  #cancel(job: RenderJob): void {
    const at = this.#queue.indexOf(job)
    if (at !== -1) this.#queue.splice(at, 1)
    job.cancel?.()
  }

  #isBusy(): boolean {
    const processes = [...this.#slots.map(({ process }) => process), ...this.#retiring]
    return this.#queue.length > 0 || processes.some((process) => (process?.load ?? 0) > 0)
  }

  #drain(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#drained = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

/** At once the first time, then longer and longer: 200 ms … 5 s. */
function backoff(failures: number): number {
  return failures <= 1 ? 0 : Math.min(50 * 2 ** failures, 5_000)
}

function closedError(): MizanError {
  return new MizanError('UNAVAILABLE', 'The renderer is closed')
}

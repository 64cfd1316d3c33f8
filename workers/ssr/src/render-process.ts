/** One life of a worker process: from its start to its end, with the renders that are in it. */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { MizanError } from '@mizan/protocol'
import { setDeadline } from './deadline.ts'
import {
  type ChunkFrame,
  lengthOf,
  maximumFrameBytes,
  replyDescriptor,
  requestDescriptor,
  type WorkerFrame,
} from './frames.ts'
import { LineSplitter } from './line-splitter.ts'
import { RenderError } from './render-error.ts'
import type { RenderJob } from './render-job.ts'
import { SentRender } from './sent-render.ts'

/** What is run. */
export interface ProcessCommand {
  readonly file: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** What a process tells the pool. */
export interface ProcessEvents {
  onReady(): void
  /** A render was answered. */
  onAnswer(): void
  /** The pipe takes more. */
  onRoom(): void
  onOutput(text: string): void
  /** Called once. */
  onEnd(end: ProcessEnd): void
}

/** How a process ended. */
export interface ProcessEnd {
  readonly reason: string
  /** Whether it had ever been ready. */
  readonly wasReady: boolean
  /** Renders that another process may take. */
  readonly left: readonly RenderJob[]
}

const startTimeout = 30_000
const keptOutput = 4_000
/** Milliseconds in which what a process wrote before it ended is read. */
const drainTime = 250
/** Renders after which a worker is asked how much memory it holds. */
const answersBetweenLooks = 32

/** A running worker. */
export class RenderProcess {
  readonly #events: ProcessEvents
  readonly #child: ChildProcess
  readonly #requests: Duplex | undefined
  readonly #replies: Duplex | undefined
  readonly #splitter = new LineSplitter(maximumFrameBytes)
  readonly #sent = new Map<number, SentRender>()
  readonly #pings = new Map<number, () => void>()
  #watch: NodeJS.Timeout | undefined
  #lastId = 0
  #ready = false
  #ended = false
  #output = ''
  #answers = 0
  #memory = 0

  constructor(command: ProcessCommand, events: ProcessEvents) {
    this.#events = events
    this.#child = spawn(command.file, command.arguments, {
      env: command.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    })
    // cast: 'pipe' makes a socket pair, which is both readable and writable; a process that was never made for want of
    // descriptors has no pipes at all
    const pipes = this.#child.stdio as readonly (Duplex | undefined)[] | undefined
    this.#requests = pipes?.[requestDescriptor]
    this.#replies = pipes?.[replyDescriptor]
    this.#listen()
    this.#watch = setDeadline(() => {
      if (!this.#ready) this.#end(`it was not ready within ${startTimeout} ms`)
    }, startTimeout)
  }

  get isReady(): boolean {
    return this.#ready && !this.#ended
  }

  /** Renders that it has answered. */
  get answers(): number {
    return this.#answers
  }

  /** Bytes that it lately held; 0 when that is not known yet. */
  get memory(): number {
    return this.#memory
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Renders that it has and has not answered. */
  get load(): number {
    return this.#sent.size
  }

  /** Those of them that do not wait for whoever takes what they have sent. */
  get activeLoad(): number {
    return [...this.#sent.values()].filter((sent) => !sent.isPaused).length
  }

  /** Whether it may be given another render, of `most` at once; a full pipe is drained first. */
  hasRoom(most: number): boolean {
    return this.isReady && this.activeLoad < most && this.#requests?.writableNeedDrain === false
  }

  /** Hands over a render. */
  send(job: RenderJob): void {
    const id = this.#nextId()
    const sent = new SentRender(job)
    this.#sent.set(id, sent)
    this.#write(`{"id":${id},"method":"render","params":${job.params}}`)
    job.cancel = () => {
      // It stays in the map until the worker answers: a cancelled render may be one that hangs.
      sent.isCancelled = true
      if (this.#sent.has(id)) this.#write(`{"id":${id},"method":"cancel"}`)
    }
    this.#watchForStall()
  }

  /** Whether it answers within `milliseconds`. */
  ping(milliseconds: number): Promise<boolean> {
    if (!this.isReady) return Promise.resolve(false)
    const id = this.#nextId()
    return new Promise((resolve) => {
      const settle = (alive: boolean) => {
        clearTimeout(timer)
        this.#pings.delete(id)
        resolve(alive)
      }
      const timer = setTimeout(settle, milliseconds, false)
      this.#pings.set(id, () => settle(true))
      this.#write(`{"id":${id},"method":"ping"}`)
    })
  }

  /** Asks it to finish what it has and go; settles when it is gone, by force after `grace` milliseconds. */
  async shutdown(grace: number): Promise<void> {
    if (this.#ended) return
    const gone = new Promise<void>((resolve) => {
      this.#child.once('exit', () => resolve())
      // One that could not be started has no exit.
      this.#child.once('error', () => resolve())
    })
    this.#write('{"method":"shutdown"}')
    const timer = setTimeout(() => this.kill(), grace)
    await gone
    clearTimeout(timer)
  }

  /** Ends it at once. */
  kill(): void {
    this.#end('it was ended')
  }

  #listen(): void {
    const keep = (text: string) => {
      this.#output = (this.#output + text).slice(-keptOutput)
      this.#events.onOutput(text)
    }
    this.#child.stdout?.setEncoding('utf8').on('data', keep)
    this.#child.stderr?.setEncoding('utf8').on('data', keep)
    this.#replies?.on('data', (chunk: Uint8Array) => this.#receive(chunk))
    this.#replies?.on('error', () => undefined)
    this.#requests?.on('drain', () => this.#events.onRoom())
    // A write to a process that just died; its end is reported by 'exit' below.
    this.#requests?.on('error', () => undefined).resume()
    this.#child.on('error', (error) => this.#end(error.message))
    this.#child.on('exit', (code, signal) => {
      // What it wrote last may still lie in the pipe, whose end tells that all of it was read. Something that the worker
      // started can hold the pipe open, so it is not waited for without end.
      const crash = (): void => this.#crash(code, signal)
      const replies = this.#replies
      if (replies === undefined || replies.readableEnded || replies.destroyed) return crash()
      replies.once('end', crash).once('close', crash)
      setTimeout(crash, drainTime).unref()
    })
  }

  #receive(chunk: Uint8Array): void {
    if (this.#ended) return
    try {
      for (const line of this.#splitter.push(chunk)) {
        // cast: the worker is this package's own; what it does not send is ignored below
        this.#take(JSON.parse(line) as WorkerFrame)
      }
    } catch (error) {
      this.#end(`it broke the protocol: ${error instanceof Error ? error.message : String(error)}`)
      return
    }
    this.#watchForStall()
  }

  #take(frame: WorkerFrame): void {
    if ('ready' in frame) {
      this.#ready = true
      this.#events.onReady()
    } else if ('pong' in frame) {
      this.#memory = frame.rss ?? this.#memory
      this.#pings.get(frame.id ?? -1)?.()
    } else if ('started' in frame) this.#start(frame.id)
    else if ('chunk' in frame) this.#passOn(frame)
    else this.#settle(frame)
  }

  #start(id: number): void {
    const sent = this.#sent.get(id)
    if (sent === undefined) return
    sent.start(() => this.#timeOut(id, sent))
  }

  #settle(frame: Extract<WorkerFrame, { html: string } | { end: true } | { error: object }>): void {
    const sent = this.#sent.get(frame.id)
    if (sent === undefined) return
    this.#forget(frame.id, sent)
    const { job } = sent
    if ('error' in frame) job.reject(new RenderError(job.component, frame.error))
    else if ('end' in frame) job.resolve({ html: '', state: frame.state, head: '' })
    else job.resolve({ html: frame.html, state: frame.state, head: frame.head })
    this.#answers += 1
    if (this.#answers % answersBetweenLooks === 0) this.#lookAtMemory()
    this.#events.onAnswer()
  }

  #passOn(frame: ChunkFrame): void {
    const { id, chunk: html, head, state } = frame
    const sent = this.#sent.get(id)
    if (sent === undefined) return
    const length = lengthOf(frame)
    const isPaused = sent.receive(length)
    if (sent.isCancelled) this.#taken(id, sent, length)
    else {
      sent.job.hasChunks = true
      const piece = { html, ...(head && { head }), ...(state !== undefined && { state }) }
      sent.job.onChunk?.(piece, () => this.#taken(id, sent, length))
    }
    if (isPaused) this.#events.onRoom()
  }

  #taken(id: number, sent: SentRender, length: number): void {
    if (this.#sent.get(id) !== sent) return
    sent.take(length)
    this.#write(`{"id":${id},"method":"take","length":${length}}`)
  }

  #lookAtMemory(): void {
    const id = this.#nextId()
    this.#pings.set(id, () => this.#pings.delete(id))
    this.#write(`{"id":${id},"method":"ping"}`)
  }

  #timeOut(id: number, sent: SentRender): void {
    if (!this.#sent.has(id)) return
    this.#forget(id, sent)
    sent.job.reject(timeoutError(sent.job))
    this.#end(`rendering ${sent.job.component} took too long`)
  }

  /** Nothing has started for as long as a render may take: something other than a render holds the worker. */
  #watchForStall(): void {
    if (!this.#ready || this.#ended) return
    clearTimeout(this.#watch)
    this.#watch = undefined
    if (!this.#isIdle()) return
    const longest = Math.max(...[...this.#sent.values()].map((sent) => sent.job.timeout))
    const watch = setDeadline(() => {
      // A frame that came meanwhile has ended this watch.
      if (this.#watch === watch) this.#end('it stopped answering')
    }, longest)
    this.#watch = watch
  }

  /** It has renders to begin, and is at none. */
  #isIdle(): boolean {
    const all = [...this.#sent.values()]
    return (
      all.some((sent) => !sent.isStarted) && all.every((sent) => !sent.isStarted || sent.isPaused)
    )
  }

  #crash(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#ended) return
    const how = signal ?? `exit code ${code}`
    const isFromOutside = signal === 'SIGKILL' || signal === 'SIGTERM'
    for (const [id, sent] of this.#sent) {
      // Who was ended from outside, by hand or for want of memory, can be rendered elsewhere; other ends are its own doing.
      if (!sent.isStarted || (isFromOutside && !sent.job.moved && !sent.job.hasChunks)) continue
      this.#forget(id, sent)
      sent.job.reject(
        new MizanError(
          'UNAVAILABLE',
          `The render worker ended (${how}) while it rendered ${sent.job.component}`,
        ),
      )
    }
    this.#end(`it ended with ${how}`)
  }

  #end(reason: string): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#watch)
    const left = [...this.#sent.values()].filter((sent) => !sent.isCancelled)
    for (const [id, sent] of this.#sent) this.#forget(id, sent)
    this.#child.kill('SIGKILL')
    this.#requests?.destroy()
    this.#replies?.destroy()
    const output = this.#output.trim()
    const shown = output === '' ? reason : `${reason}; it printed: ${output}`
    this.#events.onEnd({
      reason: this.#ready ? reason : shown,
      wasReady: this.#ready,
      left: left.map((sent) => sent.job),
    })
  }

  #forget(id: number, sent: SentRender): void {
    sent.stop()
    this.#sent.delete(id)
  }

  #write(line: string): void {
    if (!this.#ended) this.#requests?.write(`${line}\n`)
  }

  #nextId(): number {
    this.#lastId += 1
    return this.#lastId
  }
}

function timeoutError(job: RenderJob): MizanError {
  return new MizanError(
    'TIMEOUT',
    `Rendering ${job.component} took longer than ${job.timeout} ms and was ended`,
  )
}

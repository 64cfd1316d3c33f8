/** What the worker does with the frames it is sent: renders in the order they came, one cancelled before its turn not at all. */

import process from 'node:process'
import {
  createKernel,
  type Kernel,
  type KernelLayer,
  type KernelOptions,
  type KernelState,
} from '@mizan/base'
import { componentStackOf } from './component-stack.ts'
import {
  type BridgeFrame,
  type ChunkFrame,
  type FrameError,
  lengthOf,
  type RenderParams,
} from './frames.ts'
import { inComponent } from './named-console.ts'
import type { ReplyChannel } from './reply-channel.ts'
import { type CompletePiece, StreamedState } from './streamed-state.ts'
import { Untaken } from './untaken.ts'

/** What a render function is given. */
export interface RenderRequest {
  /** The name under which the component is registered. */
  readonly name: string
  readonly props: Readonly<Record<string, unknown>>
  /** Made for this render alone. */
  readonly kernel: Kernel
  /** Aborts when nobody waits for the render any more. */
  readonly signal: AbortSignal
  /** Of a stream: for the scripts that are written between its pieces. */
  readonly nonce?: string
}

/** What a render function gives back. */
export interface RenderResult {
  readonly html: string
  /** Elements for the document's head, as HTML. */
  readonly head?: string
}

/** Turns a registered component into HTML. */
export type RenderFunction<Component> = (
  component: Component,
  request: RenderRequest,
) => RenderResult | Promise<RenderResult>

/**
 * Turns a registered component into HTML, piece by piece. What it reads of the kernel is there, or comes with a later piece. A text is any
 * part of the page; an object is complete HTML, and the state that was read for it is sent before it.
 */
export type StreamFunction<Component> = (
  component: Component,
  request: RenderRequest,
) => AsyncIterable<string | CompletePiece> | Promise<AsyncIterable<string | CompletePiece>>

/** What a worker renders, and how. */
export interface WorkerOptions<Component> {
  /** What may be rendered, by the names that the server uses; beside what `registerComponent` was given. @default {} */
  readonly components?: Readonly<Record<string, Component>>
  readonly render: RenderFunction<Component>
  /** For `Renderer.stream`. @default the whole page in one piece */
  readonly stream?: StreamFunction<Component>
  /** For the kernel of each render; `origin` is what the bridge was given. */
  readonly kernel?: Omit<KernelOptions, 'state'>
}

interface Waiting {
  readonly id: number
  readonly params: RenderParams
  readonly abort: AbortController
  /** Of a stream: what was sent and not taken. */
  readonly untaken: Untaken
}

/** One worker's renders. */
export class RenderSession<Component> {
  readonly #components: ReadonlyMap<string, Component>
  readonly #options: WorkerOptions<Component>
  readonly #replies: ReplyChannel
  readonly #queue: Waiting[] = []
  readonly #open = new Map<number, Waiting>()
  #isRunning = false
  #onDrained: (() => void) | undefined

  constructor(options: WorkerOptions<Component>, replies: ReplyChannel) {
    this.#components = new Map(Object.entries(options.components ?? {}))
    this.#options = options
    this.#replies = replies
  }

  /** Takes one frame; `onShutdown` runs when everything taken before a `shutdown` is answered. */
  take(frame: BridgeFrame, onShutdown: () => void): void {
    if (frame.method === 'render') {
      const { id, params } = frame
      const waiting = { id, params, abort: new AbortController(), untaken: new Untaken() }
      this.#open.set(frame.id, waiting)
      this.#queue.push(waiting)
      if (!this.#isRunning) this.#runNext()
    } else if (frame.method === 'ping') {
      const rss = process.memoryUsage.rss()
      this.#replies.send({ ...(frame.id === undefined ? {} : { id: frame.id }), pong: true, rss })
    } else if (frame.method === 'take') this.#open.get(frame.id)?.untaken.subtract(frame.length)
    else if (frame.method === 'cancel') this.#cancel(frame.id)
    else if (frame.method === 'shutdown') {
      this.#onDrained = onShutdown
      this.#checkDrained()
    }
  }

  /** One render a turn, so that a `cancel` or `ping` that came meanwhile is read between two. */
  #runNext(): void {
    const waiting = this.#queue.shift()
    this.#isRunning = waiting !== undefined
    if (waiting === undefined) return
    this.#run(waiting)
    setImmediate(() => this.#runNext())
  }

  #run(waiting: Waiting): void {
    this.#replies.send({ id: waiting.id, started: true })
    // The bridge must know what has started before it runs: it may never end.
    this.#replies.flush()
    inComponent(waiting.params.component, () => this.#begin(waiting))
  }

  #begin(waiting: Waiting): void {
    try {
      if (waiting.params.stream) {
        this.#stream(waiting).catch((error: unknown) => this.#fail(waiting, error))
        return
      }
      const kernel = this.#createKernel(waiting.params.state)
      const result = this.#render(waiting, kernel)
      if (result instanceof Promise) {
        result.then(
          (value) => this.#answer(waiting, kernel, value),
          (error: unknown) => this.#fail(waiting, error),
        )
      } else this.#answer(waiting, kernel, result)
    } catch (error) {
      this.#fail(waiting, error)
    }
  }

  #render(waiting: Waiting, kernel: Kernel): RenderResult | Promise<RenderResult> {
    return this.#options.render(this.#componentOf(waiting), toRequest(waiting, kernel))
  }

  async #stream(waiting: Waiting): Promise<void> {
    const { id, params, abort, untaken } = waiting
    const known = new StreamedState()
    const kernel = this.#createKernel(params.state, known.layer)
    const component = this.#componentOf(waiting)
    const request = toRequest(waiting, kernel)
    if (this.#options.stream === undefined) {
      const { html, head = '' } = await this.#options.render(component, request)
      this.#replies.send({ id, chunk: html, head })
    } else {
      for await (const piece of await this.#options.stream(component, request)) {
        abort.signal.throwIfAborted()
        const chunk = typeof piece === 'string' ? { chunk: piece } : toChunk(piece, known.next())
        this.#replies.send({ id, ...chunk })
        await untaken.add(lengthOf(chunk))
      }
      const state = known.rest()
      if (state !== undefined) this.#replies.send({ id, chunk: '', state })
    }
    this.#replies.send({ id, end: true, state: kernel.dehydrate() })
    this.#close(waiting)
  }

  #componentOf({ params: { component: name } }: Waiting): Component {
    const component = this.#components.get(name)
    if (component === undefined) {
      const known = [...this.#components.keys()].join(', ') || 'nothing'
      throw new Error(`startWorker() registers no component "${name}"; it registers ${known}`)
    }
    return component
  }

  #createKernel(state: unknown, ...layers: readonly KernelLayer[]): Kernel {
    const options = {
      // One render long nothing is forgotten.
      keep: Infinity,
      keepFor: Infinity,
      ...this.#options.kernel,
      // cast: the server passes on what a kernel dehydrated; the kernel checks it entry by entry
      ...(state === undefined ? {} : { state: state as KernelState }),
    }
    return createKernel(options, ...layers)
  }

  #answer(waiting: Waiting, kernel: Kernel, result: RenderResult): void {
    try {
      const { html, head = '' } = result
      if (typeof html !== 'string' || typeof head !== 'string') {
        throw new TypeError('render of startWorker() gives back { html, head }, both of them texts')
      }
      this.#replies.send({ id: waiting.id, html, state: kernel.dehydrate(), head })
      this.#close(waiting)
    } catch (error) {
      this.#fail(waiting, error)
    }
  }

  #fail(waiting: Waiting, error: unknown): void {
    this.#replies.send({ id: waiting.id, error: describe(error) })
    this.#close(waiting)
  }

  #cancel(id: number): void {
    const waiting = this.#open.get(id)
    if (waiting === undefined) return
    waiting.abort.abort()
    waiting.untaken.release()
    const at = this.#queue.indexOf(waiting)
    if (at === -1) return
    this.#queue.splice(at, 1)
    this.#fail(waiting, new Error('it was cancelled'))
  }

  #close(waiting: Waiting): void {
    this.#open.delete(waiting.id)
    this.#checkDrained()
  }

  #checkDrained(): void {
    if (this.#open.size > 0) return
    this.#onDrained?.()
  }
}

function toRequest({ params, abort }: Waiting, kernel: Kernel): RenderRequest {
  const { component: name, props, nonce } = params
  return { name, props, kernel, signal: abort.signal, ...(nonce !== undefined && { nonce }) }
}

function toChunk({ html, head }: CompletePiece, state: string | undefined): Omit<ChunkFrame, 'id'> {
  return { chunk: html, ...(head && { head }), ...(state !== undefined && { state }) }
}

/** Anything can be thrown, a getter that throws included. */
function describe(error: unknown): FrameError {
  try {
    if (!(error instanceof Error)) return { message: String(error) }
    const { message, stack } = error
    const componentStack = componentStackOf(error)
    return {
      message: String(message),
      ...(stack === undefined ? {} : { stack: String(stack) }),
      ...(componentStack === undefined ? {} : { componentStack }),
    }
  } catch {
    return { message: 'something was thrown that has no text' }
  }
}

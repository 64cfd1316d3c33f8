/** One live socket of a visitor, with every frame in the order in which it came. */

import { ConformanceError } from './answer.ts'
import type { Talk } from './talk.ts'

/** A frame of the server. */
export type Frame = Readonly<Record<string, unknown>>

/** Milliseconds after which a server that says nothing says nothing. */
const patience = 60_000

/** How Node's own WebSocket takes headers; a browser's ignores them and sends its own. */
type OpenWithHeaders = new (
  url: string,
  options: { readonly headers: Readonly<Record<string, string>> },
) => WebSocket

/** Speaks JSON. */
export class Wire {
  readonly #socket: WebSocket
  readonly #frames: Frame[] = []
  #said = ''
  #closed: number | undefined
  #wake: () => void = () => undefined

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      this.#frames.push(JSON.parse(String(data)) as Frame)
      this.#wake()
    })
    socket.addEventListener('close', ({ code }) => {
      this.#closed = code
      this.#wake()
    })
    for (const event of ['open', 'error']) socket.addEventListener(event, () => this.#wake())
  }

  /** @throws ConformanceError when there is no socket to be had */
  static async open(talk: Talk, headers: Readonly<Record<string, string>> = {}): Promise<Wire> {
    const url = `${talk.url.replace(/^http/, 'ws')}${talk.base}/live/`
    // cast: the type of browsers knows no headers
    const Open = talk.webSocket as unknown as OpenWithHeaders
    const cookie: Readonly<Record<string, string>> =
      talk.cookies === '' ? {} : { cookie: talk.cookies }
    const wire = new Wire(new Open(url, { headers: { ...cookie, ...headers } }))
    wire.#said = `WebSocket ${talk.base}/live/`
    await wire.#until(() => wire.#socket.readyState !== 0, 'an open socket')
    if (wire.#socket.readyState !== 1) throw wire.#failure('an open socket')
    return wire
  }

  say(frame: unknown): void {
    this.#said = typeof frame === 'string' ? frame.slice(0, 200) : JSON.stringify(frame)
    this.#socket.send(typeof frame === 'string' ? frame : this.#said)
  }

  /** The next frame that nobody has looked at. @throws ConformanceError */
  async next(wanted = 'a frame'): Promise<Frame> {
    await this.#until(() => this.#frames.length > 0 || this.#closed !== undefined, wanted)
    const frame = this.#frames.shift()
    if (frame === undefined) throw this.#failure(wanted)
    return frame
  }

  /** The next frame with this key, of those that may come in between. @throws ConformanceError */
  async nextWith(key: string): Promise<Frame> {
    for (;;) {
      const frame = await this.next(`a frame with ${key}`)
      if (Object.hasOwn(frame, key)) return frame
    }
  }

  async ask(frame: unknown): Promise<Frame> {
    this.say(frame)
    return this.next()
  }

  /** Whether nothing came but the answer to this. @throws ConformanceError */
  async isSilent(): Promise<void> {
    const frame = await this.ask({ id: 'fence', call: { fn: 'live_echo', args: { text: '' } } })
    this.expect(frame['id'] === 'fence', 'nothing but the answer to the last call', frame)
  }

  /** The code with which the server closes. @throws ConformanceError */
  async closed(): Promise<number> {
    await this.#until(() => this.#closed !== undefined, 'a closed socket')
    return this.#closed ?? 0
  }

  expect(fits: boolean, wanted: string, frame: unknown): void {
    if (!fits) throw this.#failure(wanted, frame)
  }

  /** @throws ConformanceError */
  is(frame: Frame, wanted: Frame): void {
    this.expect(sortedJson(frame) === sortedJson(wanted), sortedJson(wanted), frame)
  }

  /** @throws ConformanceError */
  isError(frame: Frame, id: unknown, code: string): void {
    const { error } = frame
    const found =
      typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    this.expect(
      found === code && frame['id'] === id,
      `an error ${code} with id ${String(id)}`,
      frame,
    )
  }

  close(): void {
    this.#socket.close()
  }

  async #until(isThere: () => boolean, wanted: string): Promise<void> {
    const started = Date.now()
    while (!isThere()) {
      const left = started + patience - Date.now()
      if (left <= 0) throw this.#failure(wanted)
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        timer = setTimeout(resolve, left)
      })
      clearTimeout(timer)
    }
  }

  #failure(wanted: string, frame?: unknown): ConformanceError {
    const came =
      frame !== undefined
        ? JSON.stringify(frame).slice(0, 1_000)
        : this.#closed === undefined
          ? 'nothing'
          : `a socket that closed with ${this.#closed}`
    return new ConformanceError(`${this.#said}\nexpected ${wanted}\ngot ${came}`)
  }
}

/** JSON.stringify calls the function with each object before it writes it. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

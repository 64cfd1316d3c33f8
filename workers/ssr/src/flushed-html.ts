/** Where React writes a page that comes piece by piece. */

import { EventEmitter } from 'node:events'
import { withoutTail } from './react-document.ts'

/** Characters of one piece above which React waits with what else is ready. */
const longestPiece = 64 * 1024

/**
 * Gathers what React writes at once. That is always complete HTML, which what it hands to its destination in between is not: a tag
 * may be in two of those. While nobody takes a piece, React is told to wait.
 *
 * React needs no more of a stream than this; with one of Node's, the end of each piece would be lost in its buffer.
 */
export class FlushedHtml extends EventEmitter implements AsyncIterable<string> {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  readonly #pieces: string[] = []
  #text = ''
  #isFull = false
  #isLeft = false
  #end: { readonly error?: unknown } | undefined
  #wake: () => void = () => undefined

  /** Nobody takes anything any more. */
  get isLeft(): boolean {
    return this.#isLeft
  }

  /** @returns whether React may write more; what must stand in one piece it writes all the same */
  write(chunk: string | Uint8Array): boolean {
    this.#text += typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true })
    this.#isFull ||= this.#pieces.length > 0 || this.#text.length > longestPiece
    return !this.#isFull
  }

  /** React calls it when what it wrote is complete. */
  flush(): void {
    if (this.#text === '') return
    this.#pieces.push(this.#text)
    this.#text = ''
    this.#wake()
  }

  /** Follows the last `flush` before anybody could take that piece. */
  end(): void {
    const last = withoutTail(this.#pieces.pop() ?? '')
    if (last !== '') this.#pieces.push(last)
    this.#end ??= {}
    this.#wake()
  }

  destroy(error: unknown): void {
    this.#end ??= { error }
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, void> {
    try {
      for (;;) {
        const piece = this.#pieces.shift()
        if (piece !== undefined) {
          yield piece
          this.#makeRoom()
        } else if (this.#end === undefined) {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        } else if ('error' in this.#end) throw this.#end.error
        else return
      }
    } finally {
      // For who left before the end nothing is rendered any longer.
      this.#isLeft = true
      this.emit('close')
    }
  }

  #makeRoom(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.emit('drain')
  }
}

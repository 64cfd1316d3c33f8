/** Bytes to lines, split at 0x0A only: a chunk may end inside a character, and U+2028 is no line end. */

const newline = 0x0a

/** Collects chunks and gives out whole lines as text. */
export class LineSplitter {
  readonly #maximumBytes: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #held: Uint8Array[] = []
  #heldBytes = 0

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes
  }

  /**
   * The lines that `chunk` completes, without their line ends; empty ones are left out.
   *
   * @throws RangeError when a line grows beyond the cap.
   * @throws TypeError when a line is not UTF-8.
   */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = []
    let start = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#hold(chunk.subarray(start, end))
      const line = this.#release()
      if (line !== '') lines.push(line)
      start = end + 1
    }
    this.#hold(chunk.subarray(start))
    return lines
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#heldBytes += bytes.length
    if (this.#heldBytes > this.#maximumBytes) {
      throw new RangeError(`a frame is longer than ${this.#maximumBytes} bytes`)
    }
    this.#held.push(bytes)
  }

  #release(): string {
    const [only] = this.#held
    const bytes =
      this.#held.length === 1 && only !== undefined ? only : join(this.#held, this.#heldBytes)
    this.#held = []
    this.#heldBytes = 0
    return this.#decoder.decode(bytes)
  }
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

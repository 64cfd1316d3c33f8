/** Where the files of one request are kept: small ones in memory, the rest on disk until the request is over. */

import { openAsBlob } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MizanError } from '@mizan/protocol'
import { removeAbandonedUploads, uploadPrefix } from './abandoned-uploads.ts'

/** A file as it comes in. */
export interface IncomingFile {
  readonly chunks: AsyncIterable<Uint8Array>
  readonly name: string
  readonly type: string
  /** Bytes. */
  readonly maxBytes: number
  /** How the error names it. */
  readonly path: string
}

/** The files of one request. */
export class FileSpool {
  readonly #memory: number
  #used = 0
  #written = 0
  #folder: Promise<string> | undefined
  #isReleased = false
  #isHandedOver = false

  /** @param memory bytes that all files together may take of it */
  constructor(memory: number) {
    this.#memory = memory
  }

  /**
   * Reads a file to its end. The `File` reads from disk when somebody reads it.
   *
   * @throws MizanError `PAYLOAD_TOO_LARGE`
   */
  async receive(incoming: IncomingFile): Promise<File> {
    const { name, type } = incoming
    const kept: Uint8Array<ArrayBuffer>[] = []
    const chunks = limited(incoming)[Symbol.asyncIterator]()
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      // A copy: the parser gives views of what it reads into.
      kept.push(new Uint8Array(next.value))
      this.#used += next.value.byteLength
      if (this.#used <= this.#memory) continue
      const path = await this.#write(kept, chunks)
      this.#used -= kept.reduce((sum, { byteLength }) => sum + byteLength, 0)
      return new File([await openAsBlob(path, { type })], name, { type })
    }
    return new File(kept, name, { type })
  }

  /** Who calls it releases the files, when the function that got them has ended. */
  handOver(): () => void {
    this.#isHandedOver = true
    return () => void this.release()
  }

  /** For a request whose function never ran. */
  async releaseUnlessHandedOver(): Promise<void> {
    if (!this.#isHandedOver) await this.release()
  }

  /** Removes what is on disk; never rejects. */
  async release(): Promise<void> {
    this.#isReleased = true
    const folder = await this.#folder?.catch(() => undefined)
    if (folder !== undefined)
      await rm(folder, { recursive: true, force: true }).catch(() => undefined)
  }

  async #write(begun: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<string> {
    this.#folder ??= makeFolder()
    const path = join(await this.#folder, String((this.#written += 1)))
    const file = await open(path, 'wx', 0o600)
    try {
      for (const chunk of begun) await file.write(chunk)
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
        // Released within: the request has failed, and nothing may stay behind.
        if (this.#isReleased) throw new MizanError('BAD_REQUEST', 'the request is over')
        await file.write(next.value)
      }
    } finally {
      await file.close()
    }
    return path
  }
}

let abandoned: Promise<void> | undefined

function makeFolder(): Promise<string> {
  abandoned ??= removeAbandonedUploads(tmpdir())
  return mkdtemp(join(tmpdir(), uploadPrefix))
}

async function* limited({ chunks, maxBytes, path }: IncomingFile): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw new MizanError(
        'PAYLOAD_TOO_LARGE',
        `${path}: the file is larger than ${maxBytes} bytes`,
      )
    yield chunk
  }
}

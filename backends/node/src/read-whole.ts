/** The bytes of a request at once: most bodies are one chunk, for which a loop makes four promises. */

import { Buffer } from 'node:buffer'
import type { IncomingMessage } from 'node:http'

/**
 * The whole body; `undefined` when it is larger than `limit` bytes. What is left of it stays in the socket, over which the
 * answer goes out.
 */
export function readWhole(req: IncomingMessage, limit: number): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject) => {
    // Whoever left before is told of by no event any more.
    if (req.destroyed && !req.readableEnded) reject(left())
    let chunks: Uint8Array[] = []
    let size = 0
    const onData = (chunk: Uint8Array): void => {
      size += chunk.byteLength
      if (size <= limit) {
        chunks.push(chunk)
        return
      }
      if (chunks !== none) req.pause()
      // Once, as what is read later to free the connection passes here too.
      chunks = none
      resolve(undefined)
    }
    // The others stay: what comes after the end settles nothing, and a late error must not end the process.
    req
      .on('data', onData)
      .on('end', () => {
        // Node would after the answer, in a way that costs several times as much.
        req.off('data', onData)
        resolve(joined(chunks))
      })
      .on('error', reject)
      .on('close', () => {
        // Comes after the end too, where making an error costs more than all the rest.
        if (!req.readableEnded) reject(left())
      })
  })
}

function left(): Error {
  return new Error('the client left within its body')
}

const none: Uint8Array[] = []

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)
}

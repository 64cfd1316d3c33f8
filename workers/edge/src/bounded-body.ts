/** Reads a body into memory as far as that is wanted, and streams what is longer. */

/** A whole body, or one that is longer than was wanted, from its beginning. */
export type BoundedBody = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

/** The bytes of `body` when they are at most `maximumBytes`; otherwise a stream of them, of which no more was read. */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  maximumBytes: number,
): Promise<BoundedBody> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return join(chunks, length)
    chunks.push(value)
    length += value.byteLength
    if (length > maximumBytes) return continued(chunks, reader)
  }
}

function continued(
  chunks: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const chunk = chunks.shift() ?? (await reader.read()).value
      if (chunk === undefined) controller.close()
      else controller.enqueue(chunk)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function join(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

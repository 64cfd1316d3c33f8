/** A worker file whose pages are as long as they are told to be, and which says how much of them it has made. */

import { startWorker } from '@mizan/ssr/worker'

const made = new Map<unknown, number>()

async function* pieces({ name, count, length }: Record<string, unknown>): AsyncGenerator<string> {
  for (let piece = 0; piece < Number(count); piece += 1) {
    made.set(name, piece + 1)
    yield String(piece).padEnd(Number(length), '.')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

startWorker({
  components: { Pieces: 'pieces', Made: 'made' },
  render: (_component, { props }) => ({ html: String(made.get(props['name']) ?? 0) }),
  stream: (_component, { props }) => pieces(props),
})

/** A call that is to reach the server once, whenever that can be reached; and where such calls outlive the page. */

/** As it is sent, and kept. */
export interface QueuedCall {
  /** Its `Idempotency-Key`: whatever becomes of the answer, the server carries it out once. */
  readonly id: string
  /** Wire name of the function. */
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** When it was made, in milliseconds since the epoch. */
  readonly at: number
  /** Whose it is, as the page said. */
  readonly owner: string | null
}

/** Keeps calls from one visit of the page to the next. */
export interface OfflineStorage {
  /** All that is kept, in any order. */
  read(): readonly QueuedCall[] | Promise<readonly QueuedCall[]>
  put(call: QueuedCall): void | Promise<void>
  remove(id: string): void | Promise<void>
}

/** The part of Web Storage that is used. */
export interface TextStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, text: string): void
  removeItem(key: string): void
}

/**
 * Keeps calls in `localStorage` or the like, one entry each, so that two tabs do not overwrite each other's. Anybody with
 * access to the browser can read them there.
 */
export function webStorage(storage: TextStorage, prefix = 'mizan:call:'): OfflineStorage {
  return {
    read() {
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
      return keys
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => parseCall(storage.getItem(key)) ?? [])
    },
    put: (call) => storage.setItem(prefix + call.id, JSON.stringify(call)),
    remove: (id) => storage.removeItem(prefix + id),
  }
}

/** What was changed by hand, or written by another version, is no call. */
function parseCall(text: string | null): QueuedCall | undefined {
  try {
    // cast: looked at below.
    const call = JSON.parse(text ?? '') as Partial<QueuedCall> | null
    const texts = [call?.id, call?.name, call?.path, call?.body]
    const isCall = texts.every((part) => typeof part === 'string') && typeof call?.at === 'number'
    // cast: all that is used without a look was looked at.
    return isCall && typeof call.headers === 'object' ? (call as QueuedCall) : undefined
  } catch {
    return undefined
  }
}

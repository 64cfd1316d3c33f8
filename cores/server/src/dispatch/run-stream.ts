/** Runs a function that gives its result item by item: the whole of it inside one scope and one transaction. */

import { MizanError } from '@mizan/protocol'
import { RunScope, runInScope } from '../scope.ts'
import type { Arguments } from './arguments.ts'
import type { Engine } from './engine.ts'
import { encodeErrorDetails } from './error-details.ts'
import { Handoff } from './handoff.ts'
import { insideLayers, type Run } from './run-function.ts'
import { type Invalidated, invalidateAfter, nothingInvalidated } from './run-mutation.ts'

/** A stream under way. */
export interface Streaming {
  /** The next item; rejects with what the function threw, or with `TIMEOUT` when an item was too long in coming. */
  next(): Promise<IteratorResult<unknown, undefined>>
  /** Nobody wants more: the signal aborts, the function's `finally` runs, and its transaction is rolled back. */
  leave(): void
  /** What it invalidated, once it has ended, one way or the other; never rejects. */
  readonly invalidated: Promise<Invalidated>
}

/** Starts the function; it runs ahead of `next()` by one item. */
export function runStream(engine: Engine, run: Omit<Run, 'values'>, args: Arguments): Streaming {
  const { entry, exchange, mutates = entry.mutates } = run
  const handoff = new Handoff<unknown>()
  const cut = new AbortController()
  const leave = (): void => {
    cut.abort()
    handoff.leave()
  }
  const { signal } = run.client
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  const scope = new RunScope(exchange, {
    kind: run.kind,
    functionName: entry.name,
    mutates,
    transactionAllowed: mutates && entry.facts.transaction !== false,
    client: cut,
  })
  const produce = async (): Promise<void> => {
    const items = iteratorOf(await engine.invoke(entry, args.values), entry.name)
    await pump(items, handoff, { limit: entry.facts.timeout, cut, name: entry.name })
    if (exchange.sessionChange !== undefined)
      throw new TypeError(`${entry.name}: a stream cannot sign in or out; its headers have left`)
  }
  const finished = runInScope(scope, () => insideLayers(engine, scope, entry, produce))
  const settle = async (): Promise<Invalidated> => invalidateAfter(engine, scope, run, args)
  const invalidated = finished.then(
    async () => {
      if (!mutates) return nothingInvalidated
      const settled = await settle()
      await engine.live.sendMessages(scope)
      return settled
    },
    () => (scope.writes.size > 0 ? settle() : nothingInvalidated),
  )
  engine.background(
    finished
      .then(
        () => handoff.end(),
        (error: unknown) => handoff.end({ error: encodeErrorDetails(entry, error) }),
      )
      .then(() => invalidated)
      .finally(run.release)
      .finally(() => signal.removeEventListener('abort', leave)),
  )
  return { next: () => handoff.take(), leave, invalidated }
}

interface PumpOptions {
  /** Milliseconds that one item may take. */
  readonly limit: number | undefined
  readonly cut: AbortController
  readonly name: string
}

/**
 * Hands over item after item.
 *
 * @throws MizanError `TIMEOUT`, and `UNAVAILABLE` when the consumer left: so that nothing half done is committed
 */
async function pump(
  items: AsyncIterator<unknown>,
  handoff: Handoff<unknown>,
  options: PumpOptions,
): Promise<void> {
  const { cut, name } = options
  let isDone = false
  try {
    for (;;) {
      const next = await within(items.next(), options)
      if (next === 'left') break
      isDone = next.done === true
      if (next.done === true) return
      if (!(await handoff.push(next.value))) break
    }
  } catch (error) {
    // A generator that has thrown is over; one that time has run out for is not.
    isDone = !cut.signal.aborted
    throw error
  } finally {
    if (!isDone) await ended(items)
  }
  throw new MizanError('UNAVAILABLE', `${name}: the client left before the end of the stream`)
}

/** Milliseconds that a generator has for its `finally`, before it goes on without anybody. */
const farewell = 1_000

async function ended(items: AsyncIterator<unknown>): Promise<void> {
  let handle: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    handle = setTimeout(resolve, farewell)
  })
  // What it throws on its way out is of no interest to anybody.
  const gone = Promise.resolve(items.return?.()).catch(() => undefined)
  await Promise.race([gone, over])
  clearTimeout(handle)
}

/** The next item, unless the consumer leaves or time is over first; a late one is nobody's. */
async function within(
  next: Promise<IteratorResult<unknown>>,
  { limit, cut, name }: PumpOptions,
): Promise<IteratorResult<unknown> | 'left'> {
  const { signal } = cut
  if (signal.aborted) {
    next.catch(() => undefined)
    return 'left'
  }
  let handle: ReturnType<typeof setTimeout> | undefined
  let onAbort: (() => void) | undefined
  const over = new Promise<'left'>((resolve, reject) => {
    onAbort = () => resolve('left')
    signal.addEventListener('abort', onAbort)
    if (limit === undefined) return
    handle = setTimeout(() => {
      const error = new MizanError('TIMEOUT', `${name}: an item took longer than ${limit} ms`)
      reject(error)
      cut.abort(error)
    }, limit)
  })
  try {
    return await Promise.race([next, over])
  } finally {
    clearTimeout(handle)
    if (onAbort !== undefined) signal.removeEventListener('abort', onAbort)
    next.catch(() => undefined)
  }
}

function iteratorOf(value: unknown, name: string): AsyncIterator<unknown> {
  const create =
    typeof value === 'object' && value !== null && Symbol.asyncIterator in value
      ? (value as AsyncIterable<unknown>)[Symbol.asyncIterator] // cast: checked to have it
      : undefined
  if (typeof create !== 'function')
    throw new TypeError(`${name}: is declared to stream, and returned no async iterable`)
  return Reflect.apply(create, value, []) as AsyncIterator<unknown> // cast: what the protocol of iteration asks for
}

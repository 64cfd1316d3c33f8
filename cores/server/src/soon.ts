/**
 * Values that are there at once, or later. Most steps of most requests wait for nothing, and a promise costs more than such a
 * step does: it is made, queued, and collected again. So a step gives a `Soon`, and only what really waits makes a promise.
 */

/** There at once, or later. What fails at once throws. */
export type Soon<T> = T | Promise<T>

/** What `next` makes of the value, at once when it is there. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** What `run` gives; what it throws, now or later, becomes what `recover` makes of it. */
export function orElse<T>(run: () => Soon<T>, recover: (error: unknown) => T): Soon<T> {
  try {
    const value = run()
    return value instanceof Promise ? value.catch(recover) : value
  } catch (error) {
    return recover(error)
  }
}

/** What `run` gives; what it throws is a rejection, as an async function's is. Takes what `await` takes. */
export function soon<T>(run: () => T | PromiseLike<T>): Soon<T> {
  try {
    const value = run()
    return isThenable(value) ? Promise.resolve(value) : value
  } catch (error) {
    return Promise.reject(error)
  }
}

/** All of them, at once when every one is there. */
export function allSoon<T>(values: readonly Soon<T>[]): Soon<readonly T[]> {
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values)
    : (values as readonly T[]) // cast: none of them is a promise
}

function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject && 'then' in value && typeof value.then === 'function'
}

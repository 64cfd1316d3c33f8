/** Waiting that can be given up without giving up what is waited for. */

/** `promise`, or a rejection with the reason of `signal` as soon as that aborts. */
export function orAborted<Value>(
  promise: Promise<Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal?.reason)
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort)
    void promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', abort))
  })
}

/** Work on a connection whose caller may leave. */

/** Ends a statement whose caller has left; the connection is given back when the database has heard of it. */
export async function cancellable<T>(
  signal: AbortSignal | undefined,
  cancel: () => Promise<void>,
  work: () => Promise<T>,
): Promise<T> {
  if (signal === undefined) return work()
  let heard: Promise<void> | undefined
  const leave = (): void => {
    heard ??= cancel().catch(() => undefined)
  }
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await work()
  } finally {
    signal.removeEventListener('abort', leave)
    await heard
  }
}

/** Waiting for something that may never answer. */

/** What was asked did not answer in time. */
export class TooLateError extends Error {
  override readonly name: string = 'TooLateError'
}

/**
 * The result of `work`, if it comes within `milliseconds`.
 *
 * @throws TooLateError when it does not; what `work` does later is ignored
 */
export async function withinTime<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const tooLate = (): void => reject(new TooLateError(`no answer within ${milliseconds} ms`))
    // After a turn for what has come already: when this process was busy, it was not the other side that was late.
    timer = setTimeout(() => setImmediate(tooLate), milliseconds)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
  }
}

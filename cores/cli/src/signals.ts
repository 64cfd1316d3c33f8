/** Waiting for the end that somebody else decides: Ctrl-C, or a signal from a supervisor. */

const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The signals that ask this process to end. */
export interface EndRequests extends Disposable {
  /** Resolves with the first one. */
  readonly first: Promise<void>
  /** Resolves with the second one: whoever asks twice does not want to wait. The third one ends the process. */
  readonly second: Promise<void>
}

/**
 * Listens until it is disposed, or was asked twice. Without a gap: a signal that meets no listener ends the process on
 * the spot, and leaves behind what it has started.
 */
export function listenForEnd(): EndRequests {
  const waiting: (() => void)[] = []
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve))
  const onSignal = (): void => {
    waiting.shift()?.()
    if (waiting.length === 0) stop()
  }
  const stop = (): void => {
    for (const name of ends) process.off(name, onSignal)
  }
  for (const name of ends) process.on(name, onSignal)
  return { first: next(), second: next(), [Symbol.dispose]: stop }
}

/** Waiting for the end that somebody else decides: Ctrl-C, or a signal from a supervisor. */

const ends = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Resolves with the first signal that asks this process to end. Until then the signals do nothing else. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals): void => {
      for (const name of ends) process.off(name, onSignal)
      resolve(signal)
    }
    for (const name of ends) process.on(name, onSignal)
  })
}

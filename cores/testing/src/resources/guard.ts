/** Sees to it that a started process and its folder do not outlive the test process, however that one ends. */

import { spawn } from 'node:child_process'

/** What to end and what to remove. */
export interface Guarded {
  readonly pid?: number
  readonly folder?: string
  /**
   * With which the process is ended. `TERM` is for one that ends what it has started itself; when it has not ended ten seconds later it
   * is killed.
   *
   * @default 'KILL'
   */
  readonly signal?: 'KILL' | 'TERM'
}

const script = `
read -r word
[ "$word" = released ] && exit
[ "$3" = TERM ] && kill -TERM "$1" && for _ in 1 2 3 4 5 6 7 8 9 10; do
  kill -0 "$1" || break
  sleep 1
done
[ -n "$1" ] && kill -KILL "$1"
[ -n "$2" ] && rm -rf "$2"
`

/**
 * Ends the process and removes the folder when this process ends without having disposed the guard, also on SIGKILL.
 *
 * A shell waits on a pipe that only this process holds open: the kernel closes it with the process. It has a session
 * of its own, so that Ctrl-C in the terminal does not end the guard before the guarded.
 */
export function guard({ pid, folder, signal = 'KILL' }: Guarded): Disposable {
  const words = [`${pid ?? ''}`, folder ?? '', signal]
  const watcher = spawn('/bin/sh', ['-c', script, 'guard', ...words], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watcher.unref()
  // The watcher may be gone already when the whole machine stops.
  watcher.stdin.on('error', () => {})
  return {
    [Symbol.dispose]() {
      watcher.stdin.end('released\n')
    },
  }
}

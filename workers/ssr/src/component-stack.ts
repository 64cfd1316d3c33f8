/** In which components an error was thrown, noted beside the error: some errors are frozen, and some are no objects. */

import process from 'node:process'

const stacks = new WeakMap<object, string>()

/** Notes it, unless in production; of the first place only, which is the innermost. */
export function withComponentStack(error: unknown, stack: string | null | undefined): void {
  if (process.env['NODE_ENV'] === 'production') return
  if (typeof error === 'object' && error !== null && stack && !stacks.has(error))
    stacks.set(error, stack)
}

export function componentStackOf(error: object): string | undefined {
  return stacks.get(error)?.trim()
}

/** Where the server says what happened; a pino logger fits. */

import { inspect } from 'node:util'

/** Facts first, then a sentence. */
export interface Logger {
  info(facts: Readonly<Record<string, unknown>>, message: string): void
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
  error(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** One line of JSON an event on stderr; `info` stays silent. */
export function createConsoleLogger(): Logger {
  const write = (level: string) => (facts: Readonly<Record<string, unknown>>, message: string) => {
    process.stderr.write(`${toLine({ level, message }, facts)}\n`)
  }
  return { info: () => undefined, warn: write('warn'), error: write('error') }
}

/** Anything may be thrown, also what JSON has no form for: a failure that cannot be logged would be lost. */
function toLine(event: Readonly<Record<string, unknown>>, facts: object): string {
  try {
    return JSON.stringify({ ...event, ...facts }, withErrors)
  } catch {
    return JSON.stringify({ ...event, facts: inspect(facts, { depth: 4 }) })
  }
}

function withErrors(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
}

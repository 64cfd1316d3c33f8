/** Where the server says what happened; a pino logger fits. */

/** Facts first, then a sentence. */
export interface Logger {
  info(facts: Readonly<Record<string, unknown>>, message: string): void
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
  error(facts: Readonly<Record<string, unknown>>, message: string): void
}

/** One line of JSON an event on stderr; `info` stays silent. */
export function createConsoleLogger(): Logger {
  const write = (level: string) => (facts: Readonly<Record<string, unknown>>, message: string) => {
    process.stderr.write(`${JSON.stringify({ level, message, ...facts }, withErrors)}\n`)
  }
  return { info: () => undefined, warn: write('warn'), error: write('error') }
}

function withErrors(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (!(value instanceof Error)) return value
  return { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
}

/** Bounds on what one request may cost. */

/** Every bound has a default; raise one where an application needs it. */
export interface Limits {
  /** Bytes of a request body, counted after decompression; of a multipart body, of what is no file. @default 1_048_576 */
  readonly body?: number
  /** Levels of nesting in a JSON body or a form. @default 64 */
  readonly depth?: number
  /** Properties and items in a JSON body, all levels together, or fields of a form. @default 100_000 */
  readonly keys?: number
  /** Bytes of one uploaded file, where `upload.maxBytes` says nothing else. @default 10_485_760 */
  readonly file?: number
  /** Bytes of all files of a request together. @default 104_857_600 */
  readonly files?: number
  /** Bytes of files that a request keeps in memory; the rest goes to temporary files. @default 65_536 */
  readonly fileMemory?: number
  /** Bytes of a query string. @default 8_192 */
  readonly query?: number
  /** Milliseconds that `close()` waits for requests in flight. @default 10_000 */
  readonly drain?: number
  /** Milliseconds that `close()` waits for each plugin to stop. @default 5_000 */
  readonly stop?: number
}

/** The longest that a timer waits; a longer one fires at once. Milliseconds. */
export const longestTimer = 2_147_483_647

/**
 * The limits with every default filled in.
 *
 * @throws TypeError for what is no number, as it would limit nothing
 */
export function toLimits(limits: Limits = {}): Required<Limits> {
  const filled = {
    body: limits.body ?? 1_048_576,
    depth: limits.depth ?? 64,
    keys: limits.keys ?? 100_000,
    file: limits.file ?? 10_485_760,
    files: limits.files ?? 104_857_600,
    fileMemory: limits.fileMemory ?? 65_536,
    query: limits.query ?? 8_192,
    drain: limits.drain ?? 10_000,
    stop: limits.stop ?? 5_000,
  }
  for (const [name, value] of Object.entries(filled)) {
    const isTime = name === 'drain' || name === 'stop'
    if (typeof value !== 'number' || !(value >= 0) || (isTime && value > longestTimer)) {
      const highest = isTime ? ` up to ${longestTimer}` : ''
      throw new TypeError(
        `createApp({ limits: { ${name} } }): a limit is a number from 0${highest}, got ${String(value).slice(0, 40)}`,
      )
    }
  }
  return filled
}

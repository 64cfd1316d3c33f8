// Loaded by `mizan dev` into the program that it runs: writes what its database clients do to a file that `mizan db studio` reads.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'

const folder = process.env['MIZAN_DEV_QUERIES'] ?? ''
/** Bytes after which a file is begun anew; the one before it stays. */
const longest = 256_000
/** Characters of a statement that are kept. */
const longestStatement = 2000
/** Milliseconds between writes. */
const pause = 200

if (folder !== '' && process.env['NODE_ENV'] !== 'production') {
  const path = join(folder, `${process.pid}-${threadId}.ndjson`)
  let lines = []
  let timer
  const write = () => {
    timer = undefined
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > longest)
        renameSync(path, `${path}.old`)
      appendFileSync(path, text, { mode: 0o600 })
    } catch {
      // A disk that is full, a folder that was removed: what a server does goes on without being told.
    }
  }
  const note = (facts) => {
    const sql = facts.sql.slice(0, longestStatement)
    lines.push(`${JSON.stringify({ at: Date.now(), ...facts, sql })}\n`)
    timer ??= setTimeout(write, pause).unref()
  }
  globalThis[Symbol.for('@mizan/db:developer')] = ({ on }) => {
    on('query', ({ sql, milliseconds, rows }) => note({ sql, milliseconds, rows }))
    // The message of an error may hold data; its code does not.
    on('queryError', ({ sql, milliseconds, error }) =>
      note({ sql, milliseconds, error: String(error?.code ?? error?.name ?? 'error') }),
    )
  }
  process.once('exit', write)
}

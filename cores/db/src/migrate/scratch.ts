/** Databases for proofs: made for one, and gone after it. */

import { randomBytes } from 'node:crypto'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { onConnection } from './bookkeeping.ts'

/** An empty database that nobody else knows of. */
export interface Scratch extends AsyncDisposable {
  readonly dialect: DialectPackage
  /** A proof ends before its next step once it is aborted. @default never */
  readonly signal?: AbortSignal | undefined
}

/** Makes one. */
export type OpenScratch = () => Promise<Scratch>

/** A database in memory, where the dialect has that; undefined elsewhere. */
export function scratchInMemory({ migrations }: DialectPackage): OpenScratch | undefined {
  const { inMemory } = migrations
  if (inMemory === undefined) return undefined
  return () =>
    Promise.resolve({ dialect: inMemory(), [Symbol.asyncDispose]: () => Promise.resolve() })
}

/**
 * A database with our marker on the server of `dialect`, which must not be the live one. Only marked databases are dropped.
 *
 * @throws TypeError for a dialect that has no server
 */
export function scratchBeside(dialect: DialectPackage): OpenScratch {
  const { createScratch, dropScratch, beside } = dialect.migrations
  if (createScratch === undefined || dropScratch === undefined || beside === undefined)
    throw new TypeError(`${dialect.name} has no server to make a scratch database on`)
  return async () => {
    const name = `mizan_scratch_${randomBytes(6).toString('hex')}`
    await onConnection(dialect, ({ run }) => createScratch(run, name))
    return {
      dialect: beside(name),
      [Symbol.asyncDispose]: () => onConnection(dialect, ({ run }) => dropScratch(run, name)),
    }
  }
}

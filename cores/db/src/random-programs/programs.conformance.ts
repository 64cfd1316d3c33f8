/** Random programs of reads and writes: what a write consists of, and how it is run. */

import fc from 'fast-check'
import { DbError } from '../index.ts'
import { read } from './reads.conformance.ts'
import { type Abilities, type Statement, statement, toStatement } from './statements.conformance.ts'
import { type Shape, shapes } from './tables.conformance.ts'
import type { Db } from './values.conformance.ts'

export const write = fc.record({
  /** How the statements are run: one by one, or in a transaction whose middle is a savepoint that is undone. */
  mode: fc.constantFrom('alone', 'alone', 'transaction', 'savepoint', 'together'),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
})
export type Write = typeof write extends fc.Arbitrary<infer T> ? T : never

export const programs = fc.record({
  shape: shapes,
  reads: fc.array(read, { minLength: 1, maxLength: 12, size: 'max' }),
  writes: fc.array(write, { minLength: 1, maxLength: 10, size: 'max' }),
})

export async function runWrite(
  db: Db,
  shape: Shape,
  one: Write,
  abilities: Abilities,
): Promise<void> {
  const run = async (client: Db, each: Statement): Promise<void> => {
    await toStatement(client, shape, each, abilities).execute()
  }
  // cast: the client's own transactions, not Kysely's
  const transaction = (client: Db, work: (tx: Db) => Promise<void>): Promise<void> =>
    (
      client as unknown as { transaction(work: (tx: Db) => Promise<void>): Promise<void> }
    ).transaction(work)
  const [first, ...rest] = one.statements
  switch (one.mode) {
    case 'alone':
      for (const each of one.statements) await run(db, each)
      return
    case 'transaction':
      return transaction(db, async (tx) => {
        for (const each of one.statements) await run(tx, each)
      })
    case 'together':
      return transaction(db, async (tx) => {
        const all = await Promise.allSettled(
          one.statements.map((each, index) =>
            index === 1 ? transaction(tx, (inner) => run(inner, each)) : run(tx, each),
          ),
        )
        const failed = all.find((each) => each.status === 'rejected')
        if (failed !== undefined) throw failed.reason
      })
    case 'savepoint':
      return transaction(db, async (tx) => {
        if (first !== undefined) await run(tx, first)
        await transaction(tx, async (inner) => {
          for (const each of rest) await run(inner, each)
          throw new DbError('stop', 'undo this')
        }).catch(() => undefined)
      })
  }
}

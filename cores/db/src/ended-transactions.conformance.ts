/** Transactions that the database or the way to it ends: what is dead, who may run again, and what is never run again. */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { type ConformanceDatabase, signal } from './dialect.conformance.ts'
import {
  CommitOutcomeUnknownError,
  ConnectionError,
  createDbClient,
  type Database,
  eq,
  integer,
  table,
  TransactionAbortedError,
} from './index.ts'

const rows = table('rows_of_some', { id: integer().primaryKey(), value: integer().notNull() })
const schema = { rows }
type Client = Database<typeof schema>

/** How connections of a dialect are ended. */
export interface EndingDatabase extends ConformanceDatabase {
  /** Ends the connection of `tx` from another; resolves when the server has. */
  endConnection(tx: Client, other: Client): Promise<void>
}

const add = (to: Client, id: number) =>
  to
    .update(rows)
    .set({ value: sql`value + 1` })
    .where(eq(rows.id, id))
    .execute()

/** Runs the rules on databases that have more than one connection. */
export function testEndedTransactions(name: string, open: () => Promise<EndingDatabase>): void {
  const prepare = async () => {
    const database = await open()
    const db = createDbClient({ schema, dialect: database.dialect })
    // Nobody observes what this one does.
    const other = createDbClient({ schema, dialect: database.dialect })
    await sql`create table rows_of_some (id int primary key, value int not null)`.execute(db)
    const values = [1, 2, 3].map((id) => ({ id, value: 0 }))
    await db.insert(rows).values(values).execute()
    return {
      db,
      endConnection: (tx: Client) => database.endConnection(tx, other),
      values: async () =>
        (await db.select().from(rows).orderBy(rows.id).execute()).map(({ value }) => value),
      async [Symbol.asyncDispose]() {
        await db.destroy()
        await other.destroy()
        await database[Symbol.asyncDispose]()
      },
    }
  }

  describe(`${name}: ended transactions`, () => {
    test('a deadlock inside a savepoint ends the whole transaction, and the outermost alone runs again', async () => {
      await using prepared = await prepare()
      const met = [signal(), signal()]
      const afterwards: unknown[] = []
      const runs = [0, 0]
      const run = (own: 1 | 2, other: 1 | 2): Promise<void> =>
        prepared.db.transaction({ retries: 5 }, async (tx) => {
          runs[own - 1]! += 1 // cast: one of two
          await add(tx, own)
          met[own - 1]?.raise()
          await Promise.all(met.map((one) => one.raised))
          // With other libraries one could go on here, outside of the transaction.
          await tx
            .savepoint((sp) => add(sp, other))
            .catch(() => add(tx, 3))
            .catch((error: unknown) => afterwards.push(error))
        })
      await Promise.all([run(1, 2), run(2, 1)])
      expect(await prepared.values()).toEqual([2, 2, 0])
      expect(afterwards.length).toBeGreaterThan(0)
      for (const error of afterwards) expect(error).toBeInstanceOf(TransactionAbortedError)
      expect(runs[0]! + runs[1]!).toBe(2 + afterwards.length) // cast: of two
    })

    test('an inner transaction cannot ask to be run again by itself', async () => {
      await using prepared = await prepare()
      const work = prepared.db.transaction((tx) =>
        tx.transaction({ retries: 1 }, (inner) => add(inner, 1)),
      )
      await expect(work).rejects.toMatchObject({ code: 'nested_transaction' })
      expect(await prepared.values()).toEqual([0, 0, 0])
    })

    test('a transaction whose connection is lost does nothing more, and is run again as a whole', async () => {
      await using prepared = await prepare()
      const lost: unknown[] = []
      let runs = 0
      await prepared.db.transaction({ retries: 2 }, async (tx) => {
        runs += 1
        await add(tx, 1)
        if (runs === 1) {
          await prepared.endConnection(tx)
          for (const id of [2, 3]) await add(tx, id).catch((error: unknown) => lost.push(error))
        }
        await add(tx, 2)
      })
      expect(runs).toBe(2)
      expect(lost).toEqual([expect.any(ConnectionError), expect.any(TransactionAbortedError)])
      expect(await prepared.values()).toEqual([1, 1, 0])
    })

    test('a lost connection is not made up for unless that was asked for', async () => {
      await using prepared = await prepare()
      let runs = 0
      const work = prepared.db.transaction(async (tx) => {
        runs += 1
        await add(tx, 1)
        await prepared.endConnection(tx)
        await add(tx, 2)
      })
      await expect(work).rejects.toBeInstanceOf(ConnectionError)
      expect([runs, await prepared.values()]).toEqual([1, [0, 0, 0]])
    })

    test('after a COMMIT whose answer was lost nothing is run again, and its changes count as made', async () => {
      await using prepared = await prepare()
      const seen: string[] = []
      prepared.db.on('commit', ({ writes }) => seen.push(...writes))
      let runs = 0
      const work = prepared.db.transaction({ retries: 5 }, async (tx) => {
        runs += 1
        await add(tx, 1)
        await prepared.endConnection(tx)
      })
      await expect(work).rejects.toBeInstanceOf(CommitOutcomeUnknownError)
      expect([runs, seen]).toEqual([1, ['rows_of_some', 'rows_of_some:id=1']])
    })
  })
}

/** Changes that other programs make, as the database tells of them. */

import type { Logger } from '@mizan/server'
import type { ChangeFeed, WatchedTable } from '../dialect/observation-facts.ts'
import { DbError } from '../errors.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { everything, isTextTag, tableTag, tablesOf, tagColumns } from '../query/tags.ts'
import type { Schema } from '../schema/schema.ts'
import type { Changes } from './changes.ts'
import type { DirectDatabase } from './own-tables.ts'

/** What of a database is needed here, whatever its schema. */
export interface WatchedDatabase extends DirectDatabase {
  changedElsewhere?(writes: readonly string[]): void
  readonly tables: Schema
}

/** More than this waits as whole tables. */
const maximumWaiting = 1000

/** @throws TypeError for a dialect that cannot tell */
export function feedOf({ dialect }: Pick<DirectDatabase, 'dialect'>): ChangeFeed {
  const feed = dialect.observation?.feed
  if (feed !== undefined) return feed
  throw new TypeError(
    `outsideWrites: ${dialect.name} tells nobody what others change; let them write through an app, or leave the option out`,
  )
}

/**
 * Makes the database tell every app that listens what anybody changes; run by the tables' owner, as `outsideWrites: true` does at
 * start. Again after a migration that adds tables.
 */
export async function installOutsideWrites(database: WatchedDatabase): Promise<void> {
  await withRun(database, (run) => feedOf(database).install(run, watchedTables(database)))
}

/** Takes away what {@link installOutsideWrites} made. */
export async function removeOutsideWrites(database: WatchedDatabase): Promise<void> {
  await withRun(database, (run) => feedOf(database).remove(run))
}

/** @throws DbError `not_watched` when tables are not told of */
export async function assertOutsideWrites(database: WatchedDatabase): Promise<void> {
  const missing = await withRun(database, (run) =>
    feedOf(database).missing(run, watchedTables(database)),
  )
  if (missing.length === 0) return
  throw new DbError(
    'not_watched',
    `Nobody is told what others change in ${missing.join(', ')}; let the tables' owner run installOutsideWrites(database)`,
  )
}

/** Listens until it is disposed of; what comes while something is being told is told together. */
export async function listenToOutsideWrites(
  database: WatchedDatabase,
  changes: Changes,
  logger: Logger,
): Promise<AsyncDisposable> {
  let waiting = new Set<string>()
  let telling: Promise<void> | undefined
  const tellAll = async (): Promise<void> => {
    while (waiting.size > 0) {
      const writes = waiting.has(everything) ? [everything] : [...waiting]
      waiting = new Set()
      await changes.tell(writes)
    }
    telling = undefined
  }
  const add = (writes: readonly string[]): void => {
    // Before anybody is told to read it.
    database.changedElsewhere?.(writes)
    for (const tag of writes) waiting.add(tag)
    if (waiting.size > maximumWaiting) waiting = new Set(tablesOf([...waiting]))
    telling ??= tellAll()
  }
  const listening = await feedOf(database).listen({
    onChange: add,
    onGap: () => add([everything]),
    onTrouble: (error) =>
      logger.warn({ error }, 'changes of others are not heard; connecting again'),
  })
  // What happened before somebody listened is unknown.
  add([everything])
  return {
    async [Symbol.asyncDispose]() {
      await listening[Symbol.asyncDispose]()
      await telling
    },
  }
}

/** All on one connection. */
function withRun<T>(database: DirectDatabase, work: (run: RunSql) => Promise<T>): Promise<T> {
  return database.runDirectly('apart', (execute) =>
    work(async (sql, parameters) => (await execute(sql, parameters)).rows),
  )
}

function watchedTables({ dialect, tables }: WatchedDatabase): readonly WatchedTable[] {
  return [...tables.keys.keys()].map((table) => ({
    name: table.name,
    schema: table.schema,
    tag: tableTag(table),
    columns: tagColumns(table, dialect.capabilities).map((column) => ({
      name: column.name,
      isText: isTextTag(column),
    })),
  }))
}

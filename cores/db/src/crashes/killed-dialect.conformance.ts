/** Connections that end at a chosen statement, for tests of what a runner leaves behind. */

import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'

/** A dialect whose connection calls `die` after a statement, and before each one that follows; places count from 1. */
export function killedDialect(
  dialect: DialectPackage,
  place: number,
  die: () => never,
): DialectPackage {
  let count = 0
  return wrapDialect(dialect, (connection) => ({
    async executeQuery(query) {
      count += 1
      if (count > place) die()
      const result = await connection.executeQuery(query)
      if (count === place) die()
      return result as never // cast: the row type is the caller's
    },
    streamQuery: (query, chunk) => connection.streamQuery(query, chunk) as never, // cast: the same
  }))
}

/** A dialect that tells of each statement. */
export function countedDialect(dialect: DialectPackage, onStatement: () => void): DialectPackage {
  return wrapDialect(dialect, (connection) => ({
    executeQuery(query) {
      onStatement()
      return connection.executeQuery(query) as never // cast: the row type is the caller's
    },
    streamQuery: (query, chunk) => connection.streamQuery(query, chunk) as never, // cast: the same
  }))
}

function wrapDialect(
  dialect: DialectPackage,
  wrap: (connection: DatabaseConnection) => DatabaseConnection,
): DialectPackage {
  const createDialect = (): Dialect => {
    const inner = dialect.createDialect()
    return {
      createAdapter: () => inner.createAdapter(),
      createIntrospector: (db) => inner.createIntrospector(db),
      createQueryCompiler: () => inner.createQueryCompiler(),
      createDriver: () => wrapDriver(inner.createDriver(), wrap),
    }
  }
  return { ...dialect, createDialect }
}

function wrapDriver(
  driver: Driver,
  wrap: (connection: DatabaseConnection) => DatabaseConnection,
): Driver {
  const originals = new WeakMap<DatabaseConnection, DatabaseConnection>()
  const original = (connection: DatabaseConnection): DatabaseConnection =>
    originals.get(connection) ?? connection
  return {
    init: () => driver.init(),
    async acquireConnection() {
      const inner = await driver.acquireConnection()
      const outer = wrap(inner)
      originals.set(outer, inner)
      return outer
    },
    beginTransaction: (connection, settings) =>
      driver.beginTransaction(original(connection), settings),
    commitTransaction: (connection) => driver.commitTransaction(original(connection)),
    rollbackTransaction: (connection) => driver.rollbackTransaction(original(connection)),
    releaseConnection: (connection) => driver.releaseConnection(original(connection)),
    destroy: () => driver.destroy(),
  }
}

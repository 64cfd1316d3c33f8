/** The facts of migrating a database by a way that cannot: requests that hold neither locks nor transactions. */

import { DbError } from '../errors.ts'
import type { MigrationFacts } from './migration-facts.ts'

/** @param way the sentence that says how it is migrated instead */
export function withoutMigrations(
  parameter: MigrationFacts['parameter'],
  way: string,
): MigrationFacts {
  const refuse = (): Promise<never> =>
    Promise.reject(new DbError('migrations_not_supported', `This client cannot migrate. ${way}`))
  return Object.freeze<MigrationFacts>({
    introspect: refuse,
    deparse: refuse,
    engine: refuse,
    lock: refuse,
    unlock: refuse,
    createTable: '',
    findTable: '',
    parameter,
    begin: '',
  })
}

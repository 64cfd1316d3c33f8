/** What a file says against what a database has, expressions as that server writes them. */

import { compareFolded, type SnapshotDifference } from '../snapshot/compare.ts'
import { type FoldedSnapshot, foldSnapshot } from '../snapshot/fold.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import type { MigrationConnection } from './migration-connection.ts'

/** A snapshot that a database is compared with, as often as wanted: the server is asked at most once. */
export class ExpectedSnapshot {
  readonly #connection: MigrationConnection
  readonly #snapshot: SchemaSnapshot
  #deparsed: Promise<FoldedSnapshot> | undefined

  constructor(connection: MigrationConnection, snapshot: SchemaSnapshot) {
    this.#connection = connection
    this.#snapshot = snapshot
  }

  /** @param live What the same database has, folded with its own texts. */
  async against(live: FoldedSnapshot): Promise<readonly SnapshotDifference[]> {
    const { ddl } = this.#connection.dialect
    // Texts that were read from such a server before are often the same to the letter.
    const known = foldSnapshot(this.#snapshot, ddl, 'deparsed')
    if (compareFolded(known, live).length === 0) return []
    this.#deparsed ??= this.#ask()
    const differences = compareFolded(await this.#deparsed, live)
    // What is written anew is not always written alike: a view is equal when either of its texts is.
    const objects = this.#snapshot.objects ?? {}
    return differences.filter(
      ({ path }) => !Object.hasOwn(objects, path) || known.get(path) !== live.get(path),
    )
  }

  async #ask(): Promise<FoldedSnapshot> {
    const { run, dialect } = this.#connection
    const deparsed = await dialect.migrations.deparse(run, this.#snapshot)
    return foldSnapshot(deparsed, dialect.ddl, 'deparsed')
  }
}

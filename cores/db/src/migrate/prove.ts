/** Up, down and up again on a scratch database, with rows in the tables. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { MigrationError, MigrationProofError } from '../errors.ts'
import { columnText } from '../snapshot/column-text.ts'
import { compareFolded, describeDifference } from '../snapshot/compare.ts'
import { type FoldedSnapshot, foldSnapshot } from '../snapshot/fold.ts'
import { emptySnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import type { Migration } from './migration-files.ts'
import { type Proof, probeBetween, type StepProbe } from './proof.ts'
import { type MigrationConnection, runStep, type StepRecord } from './run-step.ts'
import { insertSamples } from './sample-rows.ts'
import type { OpenScratch } from './scratch.ts'
import type { Step } from './script.ts'

/** What is proved, and on what. */
export interface ProveOptions {
  /** The history: the migration comes after all of these. */
  readonly before: readonly Migration[]
  readonly migration: Migration
  readonly scratch: OpenScratch
  /** What the down cannot bring back, where that is known. @default none */
  readonly losses?: readonly string[]
}

/** Rows of each table: enough for an order and for duplicates; one, of which there are none; and an empty table. */
const attempts = [3, 1, 0] as const

/**
 * Replays the history, then up → target → down → source → up → target. When rows are refused, it runs again with fewer of
 * them and says so.
 *
 * @throws MigrationProofError with the first differences
 */
export async function proveMigration(options: ProveOptions): Promise<Proof> {
  let refused: string | undefined
  for (const rows of attempts) {
    try {
      return await attempt(options, rows, refused)
    } catch (error) {
      // Only the database's own refusal of a row is forgiven, never another result.
      const isRefusal = error instanceof MigrationError && error.code === 'migration_failed'
      if (!isRefusal || rows === 0) throw error
      refused ??= error.message
    }
  }
  throw new TypeError('the last attempt has its result or its error')
}

async function attempt(
  { before, migration, scratch, losses = [] }: ProveOptions,
  count: number,
  refused: string | undefined,
): Promise<Proof> {
  await using place = await scratch()
  return await onConnection(place.dialect, async (connection) => {
    const walk = new Walk(connection)
    for (const one of before) await walk.steps(one.up, one.id)
    const source = before.at(-1)?.snapshot ?? emptySnapshot
    const target = migration.snapshot
    await walk.expect(source, `the history before ${migration.id}`)
    const rows = await insertSamples(connection, source, count)
    const untouched = await walk.rows(source, target)
    const up = await walk.steps(migration.up, `${migration.id} up`)
    await walk.expect(target, `${migration.id} up`)
    await walk.expectRows(source, target, { rows: untouched, where: `${migration.id} up` })
    const down = await walk.steps(migration.down, `${migration.id} down`)
    await walk.expect(source, `${migration.id} down`)
    await walk.expectRows(source, target, { rows: untouched, where: `${migration.id} down` })
    await walk.steps(migration.up, `${migration.id} up again`)
    await walk.expect(target, `${migration.id} up again`)
    await walk.expectRows(source, target, { rows: untouched, where: `${migration.id} up again` })
    return {
      hash: migration.hash,
      engine: await place.dialect.migrations.engine(connection.run),
      losses,
      rows,
      ...(refused === undefined ? {} : { [count === 0 ? 'withoutRows' : 'fewerRows']: refused }),
      up,
      down,
    }
  })
}

/** A table's rows, as texts. */
type Rows = ReadonlyMap<string, readonly string[]>

/** Walks a scratch database along scripts, and says when it is not where it should be. */
export class Walk {
  readonly #connection: MigrationConnection
  readonly #run: RunSql
  readonly #dialect: DialectPackage
  /** What was read last, until something may have changed it. */
  #known: FoldedSnapshot | undefined
  readonly #expected = new Map<SchemaSnapshot, FoldedSnapshot>()

  constructor(connection: MigrationConnection) {
    this.#connection = connection
    this.#run = connection.run
    this.#dialect = connection.dialect
  }

  async steps(steps: readonly Step[], where: string): Promise<readonly (StepProbe | null)[]> {
    const probes: (StepProbe | null)[] = []
    for (const [index, step] of steps.entries()) {
      const before = step.kind === 'notx' ? await this.#now() : undefined
      this.#known = undefined
      await runStep(this.#connection, step, {
        ...silent,
        where: `${where}, step ${index + 1} of ${steps.length}`,
      })
      probes.push(before === undefined ? null : probeBetween(before, await this.#now()))
    }
    return probes
  }

  async expect(snapshot: SchemaSnapshot, where: string): Promise<void> {
    const expected = this.#expected.get(snapshot) ?? (await this.#deparsed(snapshot))
    this.#expected.set(snapshot, expected)
    const differences = compareFolded(expected, await this.#now())
    if (differences.length === 0) return
    const shown = differences.slice(0, 10).map((one) => `\n  ${describeDifference(one)}`)
    throw new MigrationProofError(
      `${where} does not give what its snapshot says:${shown.join('')}${differences.length > 10 ? `\n  and ${differences.length - 10} more` : ''}`,
    )
  }

  /** The rows of columns that a migration does not touch. */
  async rows(source: SchemaSnapshot, target: SchemaSnapshot): Promise<Rows> {
    const { quote } = this.#dialect.ddl
    const result = new Map<string, readonly string[]>()
    for (const [name, columns] of this.#untouched(source, target)) {
      const found = await this.#run(`select ${columns.map(quote).join(', ')} from ${quote(name)}`)
      result.set(name, found.map((row) => textOf(row, columns)).toSorted())
    }
    return result
  }

  async expectRows(
    source: SchemaSnapshot,
    target: SchemaSnapshot,
    { rows, where }: { readonly rows: Rows; readonly where: string },
  ): Promise<void> {
    for (const [name, now] of await this.rows(source, target)) {
      if (JSON.stringify(now) === JSON.stringify(rows.get(name))) continue
      throw new MigrationProofError(
        `${where} does not keep the rows of ${name}, whose columns it does not change: ` +
          `${rows.get(name)?.length ?? 0} before, ${now.length} after`,
      )
    }
  }

  #untouched(
    source: SchemaSnapshot,
    target: SchemaSnapshot,
  ): readonly (readonly [string, readonly string[]])[] {
    const facts = this.#dialect.ddl
    return Object.values(source.tables).flatMap((table) => {
      const other = target.tables[table.name]
      if (other === undefined) return []
      const same = table.columns.filter((column) => {
        const after = other.columns.find((one) => one.name === column.name)
        return (
          after !== undefined &&
          columnText(column, table, { facts, enums: source.enums }) ===
            columnText(after, other, { facts, enums: target.enums })
        )
      })
      return same.length === 0 ? [] : [[table.name, same.map((one) => one.name)] as const]
    })
  }

  async #deparsed(snapshot: SchemaSnapshot): Promise<FoldedSnapshot> {
    const deparsed = await this.#dialect.migrations.deparse(this.#run, snapshot)
    return foldSnapshot(deparsed, this.#dialect.ddl, 'deparsed')
  }

  async #now(): Promise<FoldedSnapshot> {
    this.#known ??= foldSnapshot(
      await this.#dialect.migrations.introspect(this.#run),
      this.#dialect.ddl,
      'deparsed',
    )
    return this.#known
  }
}

const silent: Omit<StepRecord, 'where'> = {
  claim: () => Promise.resolve(true),
  intend: () => Promise.resolve(),
  record: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  progress: () => undefined,
}

function textOf(row: Readonly<Record<string, unknown>>, columns: readonly string[]): string {
  return JSON.stringify(
    columns.map((name) => {
      const value = row[name]
      return typeof value === 'bigint' ? String(value) : value
    }),
  )
}

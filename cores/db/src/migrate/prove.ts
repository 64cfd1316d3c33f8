/** Up, down and up again on a scratch database, with rows in the tables. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { RunSql } from '../dialect/migration-facts.ts'
import { MigrationError, MigrationProofError } from '../migration-errors.ts'
import { describeDifference } from '../snapshot/compare.ts'
import { type FoldedSnapshot, foldSnapshot } from '../snapshot/fold.ts'
import { withImplied } from '../snapshot/grants/implied-grants.ts'
import type { Rename } from '../snapshot/renames.ts'
import { emptySnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { onConnection } from './bookkeeping.ts'
import { ExpectedSnapshot } from './compare-live.ts'
import type { Migration } from './migration-files.ts'
import { type Proof, probeBetween, type StepProbe } from './proof.ts'
import type { MigrationConnection } from './migration-connection.ts'
import { lendRoles } from './roles.ts'
import { runStep } from './run-step.ts'
import type { StepRecord } from './step-record.ts'
import { insertSamples } from './sample-rows.ts'
import type { OpenScratch } from './scratch.ts'
import type { Step } from './script.ts'
import { type TablePart, untouchedColumns } from './untouched-columns.ts'
import { schemasOf } from '../snapshot/identity.ts'
import { withSchemas } from './with-schemas.ts'

/** What is proved, and on what. */
export interface ProveOptions {
  /** The history: the migration comes after all of these. */
  readonly before: readonly Migration[]
  readonly migration: Migration
  readonly scratch: OpenScratch
  /** Whose rows are followed under their new names. @default none */
  readonly renames?: readonly Rename[]
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
  { before, migration, scratch, renames = [], losses = [] }: ProveOptions,
  count: number,
  refused: string | undefined,
): Promise<Proof> {
  await using place = await scratch()
  const schemas = schemasOf(migration.snapshot, ...before.map(({ snapshot }) => snapshot))
  return await onConnection(withSchemas(place.dialect, schemas), async (connection) => {
    const walk = new Walk(connection, place.signal)
    await walk.replay(before)
    await lendRoles(connection, [migration])
    const source = before.at(-1)?.snapshot ?? emptySnapshot
    const target = migration.snapshot
    await walk.expect(source, `the history before ${migration.id}`)
    const rows = await insertSamples(connection, source, count)
    const kept = untouchedColumns(source, target, { facts: place.dialect.ddl, renames })
    const known = await walk.rows(kept.map((one) => one.before))
    const up = await walk.steps(migration.up, `${migration.id} up`)
    await walk.expect(target, `${migration.id} up`)
    const after = kept.map((one) => one.after)
    // Whoever changes data by hand means to; what the way back does not restore is a loss.
    const byHand = [...migration.up, ...migration.down].some(changesData)
    if (!byHand) walk.assertRows(known, await walk.rows(after), `${migration.id} up`)
    const down = await walk.steps(migration.down, `${migration.id} down`)
    await walk.expect(source, `${migration.id} down`)
    const back = await walk.rows(kept.map((one) => one.before))
    if (!byHand) walk.assertRows(known, back, `${migration.id} down`)
    const others = byHand ? differing(known, back) : []
    await walk.steps(migration.up, `${migration.id} up again`)
    await walk.expect(target, `${migration.id} up again`)
    if (!byHand) walk.assertRows(known, await walk.rows(after), `${migration.id} up again`)
    return {
      hash: migration.hash,
      engine: await place.dialect.migrations.engine(connection.run),
      losses: [...losses, ...others.map((table) => `what ${table} held before`)],
      rows,
      ...(refused === undefined ? {} : { [count === 0 ? 'withoutRows' : 'fewerRows']: refused }),
      up,
      down,
    }
  })
}

/** A table's rows, as texts. */
interface Rows {
  readonly table: string
  readonly texts: readonly string[]
}

/** Walks a scratch database along scripts, and says when it is not where it should be. */
export class Walk {
  readonly #connection: MigrationConnection
  readonly #run: RunSql
  readonly #dialect: DialectPackage
  readonly #signal: AbortSignal | undefined
  /** What was read last, until something may have changed it. */
  #known: SchemaSnapshot | undefined
  readonly #expected = new Map<SchemaSnapshot, ExpectedSnapshot>()
  /** Objects that could not be used in the state that was looked at first. */
  #broken: ReadonlySet<string> | undefined

  constructor(connection: MigrationConnection, signal?: AbortSignal) {
    this.#connection = connection
    this.#signal = signal
    this.#run = connection.run
    this.#dialect = connection.dialect
  }

  /** Brings migrations in, one after the other; roles that the server does not have are there for as long as the database is. */
  async replay(migrations: readonly Migration[]): Promise<void> {
    await lendRoles(this.#connection, migrations)
    for (const { id, up } of migrations) await this.steps(up, id)
  }

  async steps(steps: readonly Step[], where: string): Promise<readonly (StepProbe | null)[]> {
    const probes: (StepProbe | null)[] = []
    for (const [index, step] of steps.entries()) {
      this.#assertNotStopped(where)
      const before = step.kind === 'notx' ? this.#folded(await this.#now()) : undefined
      this.#known = undefined
      await runStep(this.#connection, step, {
        ...silent,
        where: `${where}, step ${index + 1} of ${steps.length}`,
      })
      probes.push(
        before === undefined ? null : probeBetween(before, this.#folded(await this.#now())),
      )
    }
    return probes
  }

  async expect(snapshot: SchemaSnapshot, where: string): Promise<void> {
    this.#assertNotStopped(where)
    const expected =
      this.#expected.get(snapshot) ?? new ExpectedSnapshot(this.#connection, snapshot)
    this.#expected.set(snapshot, expected)
    const live = withImplied(await this.#now(), snapshot)
    const differences = await expected.against(this.#folded(live))
    if (differences.length === 0) return this.#assertUsable(snapshot, where)
    const shown = differences.slice(0, 10).map((one) => `\n  ${describeDifference(one)}`)
    throw new MigrationProofError(
      `${where} does not give what its snapshot says:${shown.join('')}${differences.length > 10 ? `\n  and ${differences.length - 10} more` : ''}`,
    )
  }

  /** What could not be used before the migration is none of its doing. */
  async #assertUsable(snapshot: SchemaSnapshot, where: string): Promise<void> {
    const found = (await this.#dialect.migrations.brokenObjects?.(this.#run, snapshot)) ?? []
    this.#broken ??= new Set(found.map(({ key }) => key))
    const broken = found.find(({ key }) => this.#broken?.has(key) !== true)
    if (broken === undefined) return
    throw new MigrationProofError(
      `${where} leaves ${broken.key} in a state in which it cannot be used: ${broken.reason}. ` +
        'Change it or drop it first, in a migration by hand: mizan db generate <name> --empty',
    )
  }

  /** The rows of some columns. */
  async rows(parts: readonly TablePart[]): Promise<readonly Rows[]> {
    const { quote, relation } = this.#dialect.ddl
    const result: Rows[] = []
    for (const { table, columns } of parts) {
      const found = await this.#run(
        `select ${columns.map(quote).join(', ')} from ${relation(table)}`,
      )
      result.push({ table, texts: found.map((row) => textOf(row, columns)).toSorted() })
    }
    return result
  }

  /** @throws MigrationProofError naming the table */
  assertRows(before: readonly Rows[], now: readonly Rows[], where: string): void {
    const [table] = differing(before, now)
    if (table === undefined) return
    const place = now.findIndex((one) => one.table === table)
    const count = (rows: readonly Rows[]): number => rows[place]?.texts.length ?? 0
    throw new MigrationProofError(
      `${where} does not keep the rows of ${table}, whose columns it does not change: ` +
        `${count(before)} before, ${count(now)} after`,
    )
  }

  #assertNotStopped(where: string): void {
    if (this.#signal?.aborted === true)
      throw new MigrationError('migration_stopped', `stopped while it was proved (${where})`)
  }

  async #now(): Promise<SchemaSnapshot> {
    this.#known ??= await this.#dialect.migrations.introspect(this.#run)
    return this.#known
  }

  #folded(snapshot: SchemaSnapshot): FoldedSnapshot {
    return foldSnapshot(snapshot, this.#dialect.ddl, 'deparsed')
  }
}

/** The tables whose rows are others now. */
function differing(before: readonly Rows[], now: readonly Rows[]): readonly string[] {
  return now
    .filter(({ texts }, place) => JSON.stringify(texts) !== JSON.stringify(before[place]?.texts))
    .map(({ table }) => table)
}

/** Whether a step does what is never generated: code, or statements that change rows in a step of their own. */
function changesData({ kind, statements }: Step): boolean {
  if (kind === 'code') return true
  return kind !== 'batch' && kind !== 'rebuild' && statements.some((sql) => dataStatement.test(sql))
}

const dataStatement = /^(?:\s|--[^\n]*\n)*(?:insert|update|delete|merge|truncate|with)\b/i

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

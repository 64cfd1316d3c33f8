/** What a change needs of the rows that are there, asked of the live database before anything runs. */

import { MigrationError } from '../errors.ts'
import type { Change } from '../snapshot/changes.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { emptySnapshot } from '../snapshot/snapshot.ts'
import type { Migration } from './migration-files.ts'
import type { MigrationConnection } from './run-step.ts'

/** One need that rows do not meet. */
export interface PreflightProblem {
  /** `12 rows of tasks have no title` */
  readonly text: string
  readonly rows: number
}

/** @throws MigrationError `migration_rows` with the counts */
export async function assertPreflight(
  connection: MigrationConnection,
  migration: Migration,
  history: readonly Migration[],
): Promise<void> {
  const problems = await preflight(connection, migration, history)
  if (problems.length === 0) return
  throw new MigrationError(
    'migration_rows',
    `${migration.id} does not fit the rows that are there:${problems.map((one) => `\n  ${one.text}`).join('')}\nNothing was changed`,
  )
}

/** The counts; none when the snapshots say that no row is in the way, or when a script was written by hand in another way. */
export async function preflight(
  connection: MigrationConnection,
  migration: Migration,
  history: readonly Migration[],
): Promise<readonly PreflightProblem[]> {
  const { dialect, run } = connection
  const source = history.find((one) => one.id === migration.meta.parent)?.snapshot ?? emptySnapshot
  let changes: readonly Change[]
  try {
    changes = planChanges(source, migration.snapshot, { ...dialect.ddl, restores: true })
  } catch {
    return []
  }
  const problems: PreflightProblem[] = []
  for (const { sql, text } of changes.flatMap((change) => questionsOf(change, connection))) {
    const rows = await run(sql).then(
      ([row]) => Number(row?.['count'] ?? 0),
      // A table or column that is not there yet has no rows in the way.
      () => 0,
    )
    if (rows > 0) problems.push({ rows, text: text(rows) })
  }
  return problems
}

interface Question {
  readonly sql: string
  readonly text: (rows: number) => string
}

function questionsOf(change: Change, { dialect }: MigrationConnection): readonly Question[] {
  const { quote } = dialect.ddl
  const list = (columns: readonly string[]): string => columns.map(quote).join(', ')
  switch (change.kind) {
    case 'alterColumn': {
      const { table, before, after } = change
      const own = quote(after.name)
      const questions: Question[] = []
      if (!before.notNull && after.notNull && after.default === undefined) {
        questions.push({
          sql: `select count(*) as count from ${quote(table)} where ${own} is null`,
          text: (rows) => `${rows} rows of ${table} have no ${after.name}`,
        })
      }
      if (
        (after.type.name === 'varchar' && before.type.name !== 'varchar') ||
        isShorter(before.type.length, after.type.length)
      ) {
        questions.push({
          sql: `select count(*) as count from ${quote(table)} where length(${own}) > ${after.type.length ?? 0}`,
          text: (rows) =>
            `${rows} values of ${table}.${after.name} are longer than ${after.type.length}`,
        })
      }
      return questions
    }
    case 'addUnique': {
      const { table, unique } = change
      const present = unique.columns.map((name) => `${quote(name)} is not null`).join(' and ')
      return [
        {
          sql:
            `select count(*) as count from (select ${list(unique.columns)} from ${quote(table)} ` +
            `where ${present} group by ${list(unique.columns)} having count(*) > 1) as twice`,
          text: (rows) =>
            `${rows} values of ${table} (${unique.columns.join(', ')}) stand there more than once`,
        },
      ]
    }
    case 'addForeignKey': {
      const { table, foreignKey: key } = change
      const present = key.columns.map((name) => `c.${quote(name)} is not null`).join(' and ')
      const joined = key.columns
        .map((name, index) => `p.${quote(key.references[index] ?? '')} = c.${quote(name)}`)
        .join(' and ')
      return [
        {
          sql: `select count(*) as count from ${quote(table)} c where ${present} and not exists (select 1 from ${quote(key.table)} p where ${joined})`,
          text: (rows) =>
            `${rows} rows of ${table} refer to rows of ${key.table} that are not there`,
        },
      ]
    }
    case 'addCheck':
      return [
        {
          sql: `select count(*) as count from ${quote(change.table)} where not (${change.check.source})`,
          text: (rows) => `${rows} rows of ${change.table} do not meet ${change.check.name}`,
        },
      ]
    case 'alterEnum': {
      const gone = change.before.filter((value) => !change.after.includes(value))
      const values = gone.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ')
      if (gone.length === 0) return []
      return change.columns.map(({ table, column }) => ({
        sql: `select count(*) as count from ${quote(table)} where ${quote(column)} in (${values})`,
        text: (rows: number) =>
          `${rows} rows of ${table} have a value of ${change.name} that goes: ${gone.join(', ')}`,
      }))
    }
    default:
      return []
  }
}

function isShorter(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && after < before
}

/** What a change needs of the rows that are there, asked of the live database before anything runs. */

import { MigrationError } from '../migration-errors.ts'
import type { Change } from '../snapshot/changes.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { emptySnapshot } from '../snapshot/snapshot.ts'
import type { Migration } from './migration-files.ts'
import { questionsOf } from './preflight-questions.ts'
import type { MigrationConnection } from './migration-connection.ts'

/** One need that rows do not meet. */
export interface PreflightProblem {
  /** `12 rows of tasks have no title`, and the query that shows them. */
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
  for (const { from, where, text } of changes.flatMap((one) => questionsOf(one, dialect.ddl))) {
    const rows = await run(`select count(*) as count from ${from} where ${where}`).then(
      ([row]) => Number(row?.['count'] ?? 0),
      // A table or column that is not there yet has no rows in the way.
      () => 0,
    )
    if (rows > 0)
      problems.push({
        rows,
        text: `${text(rows)}. To see them: select * from ${from} where ${where}`,
      })
  }
  return problems
}

/** Rebuilds of tables: foreign keys off outside of the transaction, and on again whatever happens. */

import { MigrationError, type RunSql } from '@mizan/db'

/**
 * `work` runs its own transaction and calls back before it commits; violations that were there before are none of its doing.
 *
 * @throws MigrationError when rows refer to something that is no longer there
 */
export async function withoutForeignKeys(
  run: RunSql,
  work: (check: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const [before] = await run('pragma foreign_keys')
  const wereOn = Number(before?.['foreign_keys']) === 1
  await run('pragma foreign_keys = off')
  try {
    const known = await violations(run)
    await work(async () => {
      const found = [...(await violations(run))].filter(
        ([key, count]) => count > (known.get(key) ?? 0),
      )
      const [first] = found
      if (first !== undefined) {
        throw new MigrationError(
          'migration_orphans',
          `rows of ${first[0]} refer to rows that are not there (${first[1]}); nothing was changed`,
        )
      }
    })
  } finally {
    await run('pragma legacy_alter_table = off')
    if (wereOn) await run('pragma foreign_keys = on')
  }
}

/** Violations by table and target. */
async function violations(run: RunSql): Promise<ReadonlyMap<string, number>> {
  const rows = await run(
    'select "table" as child, parent, count(*) as count from pragma_foreign_key_check group by 1, 2',
  )
  return new Map(
    rows.map((row) => [`${String(row['child'])} → ${String(row['parent'])}`, Number(row['count'])]),
  )
}

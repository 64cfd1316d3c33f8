/** D1, which can only be reached from a Worker, and by Wrangler: it applies what is generated here. */

import type { SchemaSnapshot } from '@mizan/db'
import type { Migration } from '@mizan/db/migrate'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import { dbOf } from './db-of.ts'

/** Columns of a table of D1. */
const maximumColumns = 100

export function isD1(loaded: LoadedConfig): boolean {
  return dbOf(loaded).dialect === 'd1'
}

/** What to say instead of doing what Wrangler does. */
export function byWrangler(loaded: LoadedConfig): string {
  const { migrations } = dbOf(loaded)
  return (
    'D1 is reached by Wrangler: npx wrangler d1 migrations apply <database> (--local or --remote) applies what was generated, ' +
    `npx wrangler d1 migrations list <database> says what waits; its configuration has "migrations_pattern": "${migrations}/*/up.sql"`
  )
}

/** @throws ProjectFailure for a schema that D1 does not take */
export function assertSchemaForD1({ tables }: SchemaSnapshot): void {
  for (const { name, columns } of Object.values(tables))
    if (columns.length > maximumColumns)
      throw new ProjectFailure(
        `${name} has ${columns.length} columns; a table of D1 has ${maximumColumns} at most`,
      )
}

/** @throws ProjectFailure for what a migration that Wrangler runs cannot be: it runs `up.sql` once, in one transaction */
export function assertMigrationForD1({ id, up }: Migration): void {
  const step = up.find(({ kind }) => kind !== 'tx' && kind !== 'rebuild')
  if (step !== undefined)
    throw new ProjectFailure(
      `${id} has a step of the kind "${step.kind}"; Wrangler runs up.sql once, as one transaction: write it as SQL without such steps`,
    )
  const pragma = up
    .flatMap(({ statements }) => statements)
    .find((sql) =>
      /^(begin|commit|end|rollback|savepoint|vacuum|attach)\b|^pragma\s+foreign_keys\b/i.test(sql),
    )
  if (pragma !== undefined)
    throw new ProjectFailure(
      `${id} says "${pragma.slice(0, 60)}", which D1 refuses: the whole file is one transaction`,
    )
}

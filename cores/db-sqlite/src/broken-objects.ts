/** Views and triggers that SQLite keeps though they say names that are gone. */

import {
  type BrokenObject,
  objectKey,
  type ObjectSnapshot,
  type RunSql,
  type SchemaSnapshot,
  sqlTokens,
} from '@mizan/db'
import { quote } from './quote.ts'

/** Those that fail when they are used: statements over no rows are compiled, and triggers with them. */
export async function brokenObjects(
  run: RunSql,
  snapshot: SchemaSnapshot,
): Promise<readonly BrokenObject[]> {
  const broken: BrokenObject[] = []
  for (const object of Object.values(snapshot.objects ?? {})) {
    try {
      const probe = await probeOf(run, object, snapshot)
      if (probe !== undefined) await run(probe)
    } catch (error) {
      broken.push({ key: objectKey(object), reason: reasonOf(error) })
    }
  }
  return broken
}

/** As SQLite says it, without what would help with a query. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message : String(cause)
}

async function probeOf(
  run: RunSql,
  { kind, name, table = '', create }: ObjectSnapshot,
  snapshot: SchemaSnapshot,
): Promise<string | undefined> {
  if (kind === 'view') return `select * from ${quote(name)} where false`
  if (kind !== 'trigger') return undefined
  const event = sqlTokens(create.source)
    .slice(3)
    .map(({ text }) => text.toLowerCase())
    .find((word) => word === 'insert' || word === 'update' || word === 'delete')
  if (event === 'delete') return `delete from ${quote(table)} where false`
  const own = snapshot.tables[table]?.columns.filter((one) => one.generated === undefined)
  const names =
    own?.map((one) => one.name) ??
    (await run(`select name from pragma_table_info(?)`, [table])).map((row) => String(row['name']))
  if (names.length === 0) return undefined
  const list = names.map(quote).join(', ')
  if (event === 'insert')
    return `insert into ${quote(table)} (${list}) select ${list} from ${quote(table)} where false`
  const set = names.map((column) => `${quote(column)} = ${quote(column)}`)
  return `update ${quote(table)} set ${set.join(', ')} where false`
}

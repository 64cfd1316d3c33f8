/** Views that the server keeps though they say names that are gone. */

import { type BrokenObject, objectKey, type RunSql, type SchemaSnapshot } from '@mizan/db'
import { quote } from './ddl-texts.ts'

/** Those that fail when they are read. Triggers are looked at when they fire. */
export async function brokenObjects(
  run: RunSql,
  { objects = {} }: SchemaSnapshot,
): Promise<readonly BrokenObject[]> {
  const broken: BrokenObject[] = []
  for (const object of Object.values(objects)) {
    if (object.kind !== 'view') continue
    try {
      await run(`select * from ${quote(object.name)} limit 0`)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      broken.push({ key: objectKey(object), reason })
    }
  }
  return broken
}

/** What an object stands on: what must be there first. */

import { MigrationPlanError } from '../../migration-errors.ts'
import { objectKey, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot.ts'

/** Objects by key. */
export type Objects = Readonly<Record<string, ObjectSnapshot>>

/** Kinds of objects that have columns or rows as tables have. */
const relations = ['view', 'materialized view', 'partition'] as const

/** Keys of what an object stands on: what it names, and the view or partition that it belongs to. */
export function standsOn(object: ObjectSnapshot, objects: Objects): readonly string[] {
  const own = relations
    .map((kind) => `${kind} ${object.table ?? ''}`)
    .find((key) => object.table !== undefined && Object.hasOwn(objects, key))
  return own === undefined ? object.dependsOn : [...object.dependsOn, own]
}

/** Adds to `keys` whatever stands on one of them. */
export function addDependents(
  keys: Set<string>,
  objects: Objects,
  isHeld: (key: string) => boolean = () => false,
): void {
  for (let size = -1; size !== keys.size;) {
    size = keys.size
    for (const [key, object] of Object.entries(objects)) {
      if (isHeld(key)) keys.add(key)
      else if (standsOn(object, objects).some((one) => keys.has(one))) keys.add(key)
    }
  }
}

/**
 * @throws MigrationPlanError when what stays reads a table or a column that goes, or its text says a name that a table no
 *   longer has
 */
export function assertStands(object: ObjectSnapshot, to: SchemaSnapshot): void {
  const gone = missingOf(object, to)
  if (gone === undefined) return
  throw new MigrationPlanError(
    `${objectKey(object)} needs ${gone}, which the schema no longer has. Change it or drop it first, in a migration by hand: ` +
      'mizan db generate <name> --empty',
  )
}

function missingOf(object: ObjectSnapshot, { tables }: SchemaSnapshot): string | undefined {
  const table = object.dependsOn.find(
    (key) => key.startsWith('table ') && !Object.hasOwn(tables, key.slice('table '.length)),
  )
  if (table !== undefined) return table
  return Object.entries(object.columns ?? {})
    .flatMap(([name, columns]) => columns.map((column) => [name, column] as const))
    .map(([name, column]) =>
      Object.hasOwn(tables, name) &&
      tables[name]?.columns.some((one) => one.name === column) === false
        ? `column ${name}.${column}`
        : undefined,
    )
    .find((one) => one !== undefined)
}

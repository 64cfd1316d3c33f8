/** Objects as SQLite keeps them. */

import type { ObjectSnapshot } from '../../snapshot/snapshot.ts'
import type { Drafted } from './objects.conformance.ts'

/** Views, views over them, and triggers. */
export function sqliteObjects(drafted: readonly Drafted[]): readonly ObjectSnapshot[] {
  return drafted.flatMap((draft) =>
    draft.kind > 3
      ? [triggerOf(draft)]
      : draft.kind % 2 === 0
        ? [viewOf(draft)]
        : [viewOf(draft), overOf(draft)],
  )
}

function viewOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const list = columns.map((one) =>
    one.name === one.shown ? `"${one.name}"` : `"${one.name}" as "${one.shown}"`,
  )
  return {
    kind: 'view',
    name,
    create: { source: `CREATE VIEW "${name}" as select ${list.join(', ')} from "${table.name}"` },
    drop: `drop view "${name}"`,
    dependsOn: [`table ${table.name}`],
  }
}

function overOf({ name }: Drafted): ObjectSnapshot {
  return {
    kind: 'view',
    name: `a_${name}`,
    create: { source: `CREATE VIEW "a_${name}" as select "id" from "${name}"` },
    drop: `drop view "a_${name}"`,
    dependsOn: [`view ${name}`],
  }
}

function triggerOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const own = columns.at(-1)?.name ?? 'id'
  return {
    kind: 'trigger',
    name,
    table: table.name,
    create: {
      source: `CREATE TRIGGER "${name}" after insert on "${table.name}" begin update "${table.name}" set "${own}" = "${own}" where new."${own}" is null and false; end`,
    },
    drop: `drop trigger "${name}"`,
    dependsOn: [],
  }
}

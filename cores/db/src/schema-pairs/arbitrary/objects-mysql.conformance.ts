/** Objects as MariaDB writes them. */

import type { ObjectSnapshot } from '../../snapshot/snapshot.ts'
import type { Drafted } from './objects.conformance.ts'

/** Views, views over them, and triggers. */
export function mysqlObjects(drafted: readonly Drafted[]): readonly ObjectSnapshot[] {
  return drafted.flatMap((draft) =>
    draft.kind > 3
      ? [triggerOf(draft)]
      : draft.kind % 2 === 0
        ? [viewOf(draft)]
        : [viewOf(draft), overOf(draft)],
  )
}

function viewOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const list = columns.map((one) => `\`${table.name}\`.\`${one.name}\` AS \`${one.shown}\``)
  return {
    kind: 'view',
    name,
    create: {
      source: `create view \`${name}\` as select ${list.join(',')} from \`${table.name}\``,
    },
    drop: `drop view \`${name}\``,
    dependsOn: [`table ${table.name}`],
    columns: { [table.name]: columns.map((one) => one.name).toSorted() },
  }
}

function overOf({ name }: Drafted): ObjectSnapshot {
  return {
    kind: 'view',
    // Made after what it reads, though its name comes first.
    name: `a_${name}`,
    create: {
      source: `create view \`a_${name}\` as select \`${name}\`.\`id\` AS \`id\` from \`${name}\``,
    },
    drop: `drop view \`a_${name}\``,
    dependsOn: [`view ${name}`],
    columns: {},
  }
}

function triggerOf({ name, table, columns }: Drafted): ObjectSnapshot {
  const own = columns.at(-1)?.name ?? 'id'
  return {
    kind: 'trigger',
    name,
    table: table.name,
    create: {
      source: `create trigger \`${name}\` before update on \`${table.name}\` for each row set @seen = new.\`${own}\``,
    },
    drop: `drop trigger \`${name}\``,
    dependsOn: [],
  }
}

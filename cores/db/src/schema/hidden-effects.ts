/** What statements do beside what they say: triggers of tables, tables behind views. Declared in the schema, or unknown. */

import type { SchemaModule } from './schema.ts'
import { type AnyTable, type TableFacts, tableFacts } from './table-facts.ts'

/** Under this property a declaration holds its facts. */
const hiddenFacts: unique symbol = Symbol('mizan.hidden')

interface HiddenFacts {
  readonly kind: 'triggers' | 'view'
  readonly table: TableFacts
  readonly reaches: () => readonly AnyTable[]
}

/** A declaration among the exports of a schema module. */
export interface HiddenDeclaration {
  readonly [hiddenFacts]: HiddenFacts
}

/**
 * States which tables the triggers of `table` change, besides itself: `export const taskTriggers = triggers(tasks, () =>
 * [auditLog])`. Of a table with triggers that states nothing, every write may have changed everything.
 */
export function triggers(table: AnyTable, changes: () => readonly AnyTable[]): HiddenDeclaration {
  return declare('triggers', table, changes)
}

/**
 * States which tables the view behind `view` reads: `export const openTasksView = viewOf(openTasks, () => [tasks])`. What is
 * read from a view that states nothing is kept nowhere.
 */
export function viewOf(view: AnyTable, reads: () => readonly AnyTable[]): HiddenDeclaration {
  return declare('view', view, reads)
}

function declare(
  kind: HiddenFacts['kind'],
  table: AnyTable,
  reaches: () => readonly AnyTable[],
): HiddenDeclaration {
  return Object.freeze({ [hiddenFacts]: { kind, table: table[tableFacts], reaches } })
}

function declarationsOf(module: SchemaModule): readonly HiddenFacts[] {
  return Object.values(module).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null && hiddenFacts in value
      ? [(value as HiddenDeclaration)[hiddenFacts]] // cast: only `declare` knows the symbol
      : [],
  )
}

/** The tables of a schema that are views, by {@link viewOf}: migrations carry them, and make none. */
export function declaredViews(module: SchemaModule): ReadonlySet<TableFacts> {
  return new Set(
    declarationsOf(module).flatMap(({ kind, table }) => (kind === 'view' ? [table] : [])),
  )
}

/** Names of relations with effects that a database was found to have. */
export interface FoundHidden {
  readonly triggered: readonly string[]
  readonly views: readonly string[]
}

/** The hidden effects of one database. */
export class HiddenEffects {
  readonly #declared: readonly HiddenFacts[]
  #triggered: ReadonlySet<string> = new Set()
  #views: ReadonlySet<string> = new Set()
  #triggers: ReadonlyMap<TableFacts, readonly TableFacts[]> | undefined
  #viewsOf: ReadonlyMap<TableFacts, readonly TableFacts[]> | undefined

  constructor(module: SchemaModule) {
    this.#declared = declarationsOf(module)
  }

  /** From now on it is known what the database has. */
  learn({ triggered, views }: FoundHidden): void {
    this.#triggered = new Set(triggered)
    this.#views = new Set(views)
  }

  get isEmpty(): boolean {
    return this.#declared.length === 0 && this.#triggered.size === 0 && this.#views.size === 0
  }

  /** Tables that the triggers of `table` change; `undefined`: any. */
  changedByTriggersOf(table: TableFacts): readonly TableFacts[] | undefined {
    this.#triggers ??= this.#collect('triggers')
    return this.#triggers.get(table) ?? (this.#triggered.has(table.identity) ? undefined : [])
  }

  /** Tables behind a view; none for a table; `undefined`: any. */
  readThrough(table: TableFacts): readonly TableFacts[] | undefined {
    this.#viewsOf ??= this.#collect('view')
    return this.#viewsOf.get(table) ?? (this.#views.has(table.identity) ? undefined : [])
  }

  /** Only when first asked: a declaration may name tables of later modules. */
  #collect(kind: HiddenFacts['kind']): ReadonlyMap<TableFacts, readonly TableFacts[]> {
    const collected = new Map<TableFacts, readonly TableFacts[]>()
    for (const { table, reaches } of this.#declared.filter((one) => one.kind === kind)) {
      const tables = reaches().map((one) => one[tableFacts])
      // A declaration is there, also one of no tables.
      collected.set(table, [table, ...(collected.get(table) ?? []), ...tables])
    }
    return collected
  }
}

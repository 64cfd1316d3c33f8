/** Which relations the declarations of a schema module give a table. */

import type { Relations } from './relations.ts'
import type { IdentityAt } from './schema.ts'
import type { AnyTable } from './table-facts.ts'
import type { IdentityOf } from './table.ts'

type OfTable<R> = R extends Relations<infer Of, unknown> ? IdentityOf<Of> : never

/** Distributes over several declarations for one table, so that the checker need not compare them with each other. */
type Taking<R> =
  R extends Relations<AnyTable, infer Declared> ? (declared: Declared) => void : never

/** The relations of all tables by name, as parameters; the checker makes it once for each schema. */
type RelationsByTable<S> = { readonly [K in keyof S as OfTable<S[K]>]: Taking<S[K]> }

/** Under this property a table without relations has none: an empty type would take any. */
declare const none: unique symbol

/** The relations of a table that no `relations(…)` of the schema is for. */
export interface NoRelations {
  readonly [none]: never
}

/**
 * The relations of a table by name.
 *
 * Looked up by inference: `keyof` of a mapped type that renames its keys would be computed anew each time, for all tables.
 */
export type RelationsOf<K, S> =
  RelationsByTable<S> extends Readonly<Record<IdentityAt<K, S>, infer Takes>>
    ? [Takes] extends [(declared: infer All) => void]
      ? All
      : NoRelations
    : NoRelations

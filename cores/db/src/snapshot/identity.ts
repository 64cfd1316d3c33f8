/** Names of things that may stand in a schema of the database: `audit.users` is `users` of the schema `audit`. */

import { MigrationPlanError } from '../migration-errors.ts'
import type { SchemaSnapshot } from './snapshot.ts'

/** Something with a name; `name` begins with that of its schema, if it has one. */
export interface Placed {
  readonly name: string
  readonly schema?: string | undefined
}

/** The name within its schema: `users`. Names of keys and indexes are made of it. */
export function bareName({ name, schema }: Placed): string {
  return schema === undefined ? name : name.slice(schema.length + 1)
}

/** The two parts of an identity; the first dot divides them. */
export function parseIdentity(identity: string): Placed {
  const dot = identity.indexOf('.')
  if (dot <= 0) return { name: identity }
  return { schema: identity.slice(0, dot), name: identity.slice(dot + 1) }
}

/** The schemas with a name in which a snapshot has something, sorted. */
export function schemasOf(...snapshots: readonly SchemaSnapshot[]): readonly string[] {
  const things = snapshots.flatMap(({ tables, enums, objects = {} }) => [
    ...Object.values(tables),
    ...Object.values(enums),
    ...Object.values(objects),
  ])
  return [...new Set(things.flatMap(({ schema }) => schema ?? []))].toSorted()
}

/** @throws MigrationPlanError for what a dialect without named schemas cannot hold, and for names that cannot be told from such */
export function assertPlaces(snapshot: SchemaSnapshot, hasSchemas: boolean): void {
  const things: readonly Placed[] = [
    ...Object.values(snapshot.tables),
    ...Object.entries(snapshot.enums).map(([name, { schema }]) => ({ name, schema })),
  ]
  for (const { name, schema } of things) {
    if (!hasSchemas && schema !== undefined) {
      throw new MigrationPlanError(
        `"${name}" is in a named schema, which migrations make on PostgreSQL alone. Give them the tables of table()`,
      )
    }
    if (hasSchemas && (schema === undefined ? name : bareName({ name, schema })).includes('.')) {
      throw new MigrationPlanError(
        `"${name}" has a dot in its name, which divides the name of a schema from that of a table. Rename it, or leave it out`,
      )
    }
  }
}

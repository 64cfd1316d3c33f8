/** A dialect that reads named schemas, too. */

import type { DialectPackage } from '../dialect/dialect-package.ts'

/** Whoever introspects with the result reads these schemas of the database besides the one that is searched first. */
export function withSchemas(dialect: DialectPackage, schemas: readonly string[]): DialectPackage {
  if (schemas.length === 0) return dialect
  const { migrations } = dialect
  const all = (more: readonly string[] = []): readonly string[] =>
    [...new Set([...schemas, ...more])].toSorted()
  const { repair } = migrations
  return Object.freeze<DialectPackage>({
    ...dialect,
    migrations: Object.freeze({
      ...migrations,
      introspect: (run, more) => migrations.introspect(run, all(more)),
      ...(repair === undefined ? {} : { repair: (run, more) => repair(run, all(more)) }),
    } satisfies DialectPackage['migrations']),
  })
}

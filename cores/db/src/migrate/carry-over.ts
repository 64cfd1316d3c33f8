/** The target of a migration: what the schema declares, and what it does not say and the last snapshot has. */

import { MigrationPlanError } from '../migration-errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { withCarriedGrants } from '../snapshot/grants/carried-grants.ts'
import { carriedObjects } from '../snapshot/objects/carried-objects.ts'
import { renamedObjects } from '../snapshot/objects/renamed-objects.ts'
import type { Objects } from '../snapshot/objects/standing.ts'
import { applyRenames, effectiveRenames, type Rename } from '../snapshot/renames.ts'
import type { SchemaSnapshot } from '../snapshot/snapshot.ts'
import { type Followed, followedObjects } from './followed-objects.ts'
import type { Migration } from './migration-files.ts'
import { type OpenScratch, scratchInMemory } from './scratch.ts'

/** What the target is made of. */
export interface CarryOptions {
  /** The history; its last snapshot is the source. */
  readonly before: readonly Migration[]
  readonly source: SchemaSnapshot
  readonly declared: SchemaSnapshot
  readonly baseline?: SchemaSnapshot | undefined
  readonly renames: readonly Rename[]
  readonly dialect: DialectPackage
  readonly scratch?: OpenScratch | undefined
  /** The scripts are written by hand: what cannot be told is read when they are proved. @default false */
  readonly empty?: boolean | undefined
}

/** The target, and what was seen of the objects on the way there. */
export interface CarriedOver {
  readonly target: SchemaSnapshot
  readonly followed: Followed | undefined
}

/**
 * Objects get the texts that a server gives them when names below them change, or those that can be told without one.
 *
 * @throws MigrationPlanError when a text can be told by a server only, and there is none to ask
 */
export async function carryOver(options: CarryOptions): Promise<CarriedOver> {
  const { before, source, declared, baseline, dialect } = options
  const renames = effectiveRenames(options.renames, source, declared)
  const scratch = options.scratch ?? scratchInMemory(dialect)
  const followed =
    scratch === undefined
      ? undefined
      : await followedObjects({ before, source, target: declared, renames, scratch })
  const renamed: SchemaSnapshot = {
    ...applyRenames(source, renames),
    objects: { ...told(renames, { ...options, followed }), ...followed?.up },
  }
  const objects = { ...carriedObjects(renamed, declared), ...baseline?.objects }
  const carried = carryParts(baseline ?? renamed, declared, followed)
  const whole = Object.keys(objects).length === 0 ? carried : { ...carried, objects }
  return { target: withCarriedGrants(baseline ?? renamed, whole), followed }
}

function told(
  renames: readonly Rename[],
  { source, dialect, followed, empty = false }: CarryOptions & Pick<CarriedOver, 'followed'>,
): Objects {
  const through = renamedObjects(source, renames, dialect.ddl)
  const unknown = [...through].find(
    ([key, { state }]) => state === 'unforeseen' && followed?.up[key] === undefined,
  )
  if (unknown !== undefined && !empty) {
    throw new MigrationPlanError(
      `${unknown[0]} reads a column that gets another name, and only a server knows its text after that. ` +
        'Name one on which databases may be made and dropped: mizan db generate <name> --scratch <url>',
    )
  }
  return Object.fromEntries([...through].map(([key, { after }]) => [key, after]))
}

/** How a table is partitioned, and a key's own name, are not part of the schema; a table that stays keeps them. */
function carryParts(
  source: SchemaSnapshot,
  target: SchemaSnapshot,
  followed: Followed | undefined,
): SchemaSnapshot {
  const tables = Object.entries(target.tables).map(([name, table]) => {
    const { partitionBy: own, primaryKeyName: named, primaryKey } = source.tables[name] ?? {}
    const partitionBy = own === undefined ? undefined : (followed?.tables[name]?.partitionBy ?? own)
    const primaryKeyName = primaryKey?.join() === table.primaryKey.join() ? named : undefined
    return [
      name,
      {
        ...table,
        ...(partitionBy === undefined ? {} : { partitionBy }),
        ...(primaryKeyName === undefined ? {} : { primaryKeyName }),
      },
    ]
  })
  return { ...target, tables: Object.fromEntries(tables) }
}

/** The database part of a configuration, where a command cannot do without. */

import { resolve, sep } from 'node:path'
import type { DbConfig } from '../config.ts'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'

/** @throws ProjectFailure when the configuration has none. */
export function dbOf({ config, path }: LoadedConfig): DbConfig {
  if (config.db === undefined) {
    throw new ProjectFailure(
      `${path} has no database; add db: { schema: 'src/schema.ts', dialect: 'postgres', migrations: 'migrations' }`,
    )
  }
  return config.db
}

/** Whether one of `paths` (absolute) is a file of a migration. */
export function touchesMigrations(
  { root, config }: LoadedConfig,
  paths: readonly string[],
): boolean {
  if (config.db === undefined) return false
  const folder = resolve(root, config.db.migrations) + sep
  return paths.some((path) => path.startsWith(folder))
}

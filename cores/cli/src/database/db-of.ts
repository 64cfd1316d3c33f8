/** The database part of a configuration, where a command cannot do without. */

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

/** `mizan db …`: schema, migrations and data of the configured database. */

import type { CommandGroup } from '../command.ts'
import { migrate } from './db/migrate.ts'
import { drift, reconcile } from './db/drift.ts'
import { generate } from './db/generate.ts'
import { adopt, introspect } from './db/introspect.ts'
import { merge, prove } from './db/prove.ts'
import { seed } from './db/seed.ts'
import { studio } from './db/studio.ts'

/** The group. */
export const db: CommandGroup = {
  name: 'db',
  summary: 'The database of mizan.config.ts: DATABASE_URL, or one of its own in .mizan/',
  commands: [generate, prove, migrate, merge, drift, reconcile, introspect, adopt, seed, studio],
}

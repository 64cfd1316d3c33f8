/** `mizan db migrate …`: apply, take back, and see where a database is. */

import type { CommandGroup } from '../../command.ts'
import { applying } from './migrate/apply.ts'
import { make, review, verify } from './migrate/files.ts'
import { down, reset, rollback } from './migrate/revert.ts'
import { status } from './migrate/status.ts'
import { resolve, unlock } from './migrate/ways-out.ts'

/** The group. */
export const migrate: CommandGroup = {
  name: 'migrate',
  summary: 'Apply migrations, take them back, and see where the database is',
  commands: [
    applying('latest', 'Apply all migrations that are pending'),
    applying('up', 'Apply the next migration'),
    down,
    rollback,
    status,
    reset,
    make,
    verify,
    review,
    unlock,
    resolve,
  ],
}

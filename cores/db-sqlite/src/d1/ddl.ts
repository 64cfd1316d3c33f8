/** The DDL of D1: SQLite's, in one transaction in which no pragma turns foreign keys off. */

import type { DdlFacts } from '@mizan/db'
import { ddl } from '../ddl.ts'
import { rebuild } from '../rebuild.ts'

/** The facts of D1's DDL. */
export const d1Ddl: DdlFacts = Object.freeze<DdlFacts>({
  ...ddl,
  rebuildDeletes: true,
  // What refers from the table to others is checked when the transaction ends.
  rebuild: (parts) => ['pragma defer_foreign_keys = on', ...rebuild(parts)],
})

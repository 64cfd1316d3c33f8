/** PostgreSQL's DDL, in the forms that hold nobody up. */

import type { DdlFacts } from '@mizan/db'
import { afterRename, holds } from './dependents.ts'
import { noteOf, planOnline } from './online.ts'
import { plainDdl } from './plain-ddl.ts'

/** The facts of PostgreSQL's DDL. */
export const ddl: DdlFacts = Object.freeze<DdlFacts>({
  ...plainDdl,
  plan: planOnline,
  note: noteOf,
  holds,
  afterRename,
})

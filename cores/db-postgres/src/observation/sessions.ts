/** What the server tells of its connections; one login sees all of its own. */

import type { SessionFacts } from '@mizan/db'

// A process id alone may be another connection's a moment later.
const name = "pid || '@' || extract(epoch from backend_start) as session"

export const sessions: SessionFacts = Object.freeze({
  own: `select ${name} from pg_catalog.pg_stat_activity where pid = pg_catalog.pg_backend_pid()`,
  busy: `select ${name} from pg_catalog.pg_stat_activity where pid <> pg_catalog.pg_backend_pid() and state <> 'idle'`,
})

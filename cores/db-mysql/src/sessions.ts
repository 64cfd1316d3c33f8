/** What the server tells of its connections; one login sees all of its own. */

import type { SessionFacts } from '@mizan/db'

export const sessions: SessionFacts = Object.freeze({
  own: 'select connection_id() as session',
  busy: `select id as session from information_schema.processlist where command <> 'Sleep' and id <> connection_id()`,
})

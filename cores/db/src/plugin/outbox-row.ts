/** A row of `mizan_outbox`, for all who write one: servers, and migrations, which are none. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { everything } from '../query/tags.ts'
import { withParameters } from './own-tables.ts'

/** The purge of everything, as the cache writes the tag (PROTOCOL section 6): who sweeps it adds the contexts. */
export const tagsOfEverything: readonly string[] = [`db:${everything}`]

/** The statement; its parameters are an id, when it was written in milliseconds since 1970, and tags as JSON. */
export function outboxInsert(dialect: DialectPackage): string {
  return withParameters(dialect, 'insert into mizan_outbox (id, at, tags) values (?, ?, ?)')
}

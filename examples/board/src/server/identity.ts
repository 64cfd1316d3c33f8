/** From a session's person id to the principal that guards see. */

import type { Principal } from '@mizan/server'
import type { BoardDatabase } from './database.ts'

/** @returns `null` for somebody who is gone: their session is then anonymous */
export async function resolvePrincipal(db: BoardDatabase, id: string): Promise<Principal | null> {
  const personId = Number(id)
  if (!Number.isSafeInteger(personId)) return null
  const person = await db
    .selectFrom('people')
    .select(['id', 'staff'])
    .where('id', '=', personId)
    .executeTakeFirst()
  return person === undefined
    ? null
    : { id: String(person.id), staff: person.staff, superuser: false }
}

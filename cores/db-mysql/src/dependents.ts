/** What MySQL and MariaDB leave as it was when a table or a column gets another name. */

import type { AfterRename, NewNames, ObjectSnapshot } from '@mizan/db'

/** Nothing stands in the way of a change: views and triggers are texts that are read when they are used. */
export function holds(): boolean {
  return false
}

/** A view says the old name until it is made again, and so does the body of a trigger; what a trigger is on follows. */
export function afterRename(
  before: ObjectSnapshot,
  after: ObjectSnapshot,
  _names: NewNames,
): AfterRename {
  const text = before.kind === 'trigger' ? bodyOf : sourceOf
  return text(before) === text(after) ? 'follows' : 'left'
}

function sourceOf({ create }: ObjectSnapshot): string {
  return create.source
}

function bodyOf({ create }: ObjectSnapshot): string {
  return create.source.replace(/^[\s\S]*? for each row /i, '')
}

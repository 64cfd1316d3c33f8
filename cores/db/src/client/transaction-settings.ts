/** How a transaction may run. */

import type { TransactionSettings } from 'kysely'

const isolationLevels: ReadonlySet<unknown> = new Set([
  undefined,
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
])
const accessModes: ReadonlySet<unknown> = new Set([undefined, 'read only', 'read write'])

/** The drivers write both into the statement as they stand. */
export function assertSettings({ isolationLevel, accessMode }: TransactionSettings): void {
  if (isolationLevels.has(isolationLevel) && accessModes.has(accessMode)) return
  const wrong = isolationLevels.has(isolationLevel) ? accessMode : isolationLevel
  throw new TypeError(
    `transaction: "${String(wrong).slice(0, 60)}" is no isolation level or access mode; there are ` +
      `${[...isolationLevels, ...accessModes].filter((one) => one !== undefined).join(', ')}`,
  )
}

/** The rights of the catalog as those of a snapshot. */

import { type Grants, type GrantSnapshot, toGrants } from '@mizan/db'
import type { GrantRow } from './rows.ts'

/** By key; what owners and default privileges give is marked as implied. */
export function grantsOf(rows: readonly GrantRow[]): Grants {
  return toGrants(
    rows.map((row): GrantSnapshot => ({
      on: row.on,
      name: row.name,
      ...(row.column === null ? {} : { column: row.column }),
      ...(row.arguments === null ? {} : { arguments: row.arguments }),
      to: row.to,
      privileges: row.privileges,
      ...(row.grantable.length === 0 ? {} : { grantable: row.grantable }),
      ...(row.revoked ? { revoked: true } : {}),
      ...(row.implied.length === 0 ? {} : { implied: row.implied }),
    })),
  )
}

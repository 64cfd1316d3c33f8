/** A question of the client's own: past layers and events, on a connection of the pool. */

import { CompiledQuery } from 'kysely'
import type { SessionDriver } from './session-driver.ts'

/** @returns the first column of the first row */
export async function askDirectly(
  driver: SessionDriver,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<unknown> {
  const session = await driver.acquireConnection()
  try {
    const { rows } = await session.executeQuery<Readonly<Record<string, unknown>>>(
      CompiledQuery.raw(sql, [...parameters]),
    )
    return Object.values(rows[0] ?? {})[0]
  } finally {
    await driver.releaseConnection(session)
  }
}

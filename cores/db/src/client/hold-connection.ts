/** A connection for longer than one call: for a stream, whose reader takes its time. */

import type { DatabaseConnection } from 'kysely'

/** A connection, until it is given back. */
export interface HeldConnection {
  readonly connection: DatabaseConnection
  readonly release: () => Promise<void>
}

/** @param provide lends a connection for as long as its consumer runs */
export function holdConnection(
  provide: (consumer: (connection: DatabaseConnection) => Promise<void>) => Promise<void>,
): Promise<HeldConnection> {
  let free: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    free = resolve
  })
  return new Promise((resolve, reject) => {
    const used = provide((connection) => {
      resolve({
        connection,
        release: async () => {
          free()
          await used
        },
      })
      return held
    })
    used.catch(reject)
  })
}

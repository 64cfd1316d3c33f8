/** What may be said of a transaction. */

import type { AccessMode, IsolationLevel, TransactionSettings } from 'kysely'

/** How a transaction runs. Only the outermost may say. */
export interface TransactionOptions {
  readonly isolation?: IsolationLevel
  readonly accessMode?: AccessMode
  /**
   * How often the whole is run again after a deadlock, a serialization failure or a lost connection. `work` must then be fit to run
   * more than once. Never after a COMMIT whose answer was lost. @default 0
   */
  readonly retries?: number
}

/** The same as Kysely says it. */
export function toSettings({ isolation, accessMode }: TransactionOptions): TransactionSettings {
  return {
    ...(isolation === undefined ? {} : { isolationLevel: isolation }),
    ...(accessMode === undefined ? {} : { accessMode }),
  }
}

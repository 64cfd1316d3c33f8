/** What a client is made of. */

import type { KyselyProps } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { PreparedFinds } from '../relational/relational-query.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import type { Schema } from '../schema/schema.ts'
import type { JoinHolder } from './connection-providers.ts'
import type { DbEventTarget } from './events.ts'
import type { SessionDriver } from './session-driver.ts'
import type { DbTracer } from './telemetry.ts'

/** Servers beside the one that changes are sent to. */
export interface OtherServers {
  /** Something was committed that they may not have yet: its data tags. */
  changed(writes: readonly string[]): void
  destroy(): Promise<void>
}

/** What a client is made of; `createDbClient` puts it together. */
export interface DatabaseParts {
  readonly schema: Schema
  readonly hidden: HiddenEffects
  readonly dialect: DialectPackage
  readonly driver: SessionDriver
  readonly holder: JoinHolder
  readonly events: DbEventTarget
  readonly preparedFinds: PreparedFinds
  readonly others: OtherServers | undefined
  /** Told of transactions. */
  readonly tracer: DbTracer | undefined
  readonly kysely: KyselyProps
}

/** The data core in a server; the only entry that knows one. */

export type { MigrationsOnBoot } from './plugin/check-migrations.ts'
export { dbPlugin, type DbPluginOptions } from './plugin/db-plugin.ts'
export {
  installOutsideWrites,
  removeOutsideWrites,
  type WatchedDatabase,
} from './plugin/outside-writes.ts'
export { DbSessionStore, type DbSessionStoreOptions } from './plugin/db-session-store.ts'
export {
  type TenantDbPlugin,
  tenantDbPlugin,
  type TenantDbPluginOptions,
} from './plugin/tenant-db-plugin.ts'

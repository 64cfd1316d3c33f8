/** Migrations: generated from the schema, kept as files, applied step by step. For Node. */

export {
  generateMigration,
  type GeneratedMigration,
  type GenerateOptions,
} from './migrate/generate.ts'
export { readMigrations, type Migration } from './migrate/migration-files.ts'
export {
  migrateDown,
  migrateLatest,
  type MigrateOptions,
  type MigrateResult,
  type RevertResult,
} from './migrate/runner.ts'
export { type ResolveOptions, resolveStep } from './migrate/resolve-step.ts'
export { sealMigration, type SealOptions } from './migrate/seal.ts'
export { type AppliedMigration, migrationStatus, type MigrationStatus } from './migrate/status.ts'

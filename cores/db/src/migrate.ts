/** Migrations: generated from the schema, proved, kept as files, applied step by step. For Node. */

export {
  generateMigration,
  type GeneratedMigration,
  type GenerateOptions,
} from './migrate/generate.ts'
export { type Adopted, adoptDatabase, type AdoptOptions } from './migrate/adopt.ts'
export { onConnection } from './migrate/bookkeeping.ts'
export {
  type BatchedMigration,
  type DataBatch,
  type DataMigration,
  defineDataMigration,
  type MigrationDb,
} from './migrate/data-migration.ts'
export { type DriftOptions, findDrift, introspectDatabase } from './migrate/drift.ts'
export { endCachedAnswers } from './migrate/end-cached-answers.ts'
export { mergeMigrations, type MergeOptions } from './migrate/merge.ts'
export {
  foreignFolders,
  type Migration,
  readAllMigrations,
  readMigrations,
} from './migrate/migration-files.ts'
export { placeOf, type Proof, type StepProbe } from './migrate/proof.ts'
export { proveMigration, type ProveOptions } from './migrate/prove.ts'
export { proveFiles, type ProveFilesOptions, reviewMigration } from './migrate/prove-files.ts'
export { reconcile, type ReconcileOptions, type Reconciliation } from './migrate/reconcile.ts'
export { resetDatabase, unlockMigrations } from './migrate/reset.ts'
export { type ResolveOptions, resolveStep } from './migrate/resolve-step.ts'
export {
  migrateDown,
  migrateLatest,
  type MigrateOptions,
  type MigrateResult,
  migrateRollback,
  migrateUp,
  type RevertResult,
  type RollbackResult,
  type RunPlan,
  type StepEvent,
} from './migrate/runner.ts'
export type { LockOptions } from './migrate/with-lock.ts'
export {
  type OpenScratch,
  type Scratch,
  scratchBeside,
  scratchInMemory,
} from './migrate/scratch.ts'
export { sealMigration, type SealOptions } from './migrate/seal.ts'
export { type AppliedMigration, migrationStatus, type MigrationStatus } from './migrate/status.ts'
export { verifyMigrations, type VerifyProblem } from './migrate/verify.ts'
export { withSchemas } from './migrate/with-schemas.ts'
export { type SchemaSource, toSource } from './snapshot/to-source.ts'

/** Schema, queries and observation on Kysely; dialect-neutral, for any runtime. What also runs at the edge is listed there. */

export * from './edge.ts'
export type { DatabaseParts } from './client/database-parts.ts'
export type { AmbientLevel, ClientJoin, CommitNote } from './client/scope-port.ts'
export type { ScopeTransaction } from './client/scope-transaction.ts'
export type { DriverLoad } from './client/session-driver.ts'
export { setTextColumns, type SharingDriver, textColumnsOf } from './dialect/sharing-driver.ts'
export { withoutMigrations } from './dialect/without-migrations.ts'
export { assertDatabaseUrl, type DatabaseUrlOptions } from './dialect/assert-database-url.ts'
export { type Codec, type Codecs, countCodec, keep, plainCodec } from './dialect/codec.ts'
export type { JsonFacts, ListParameter } from './dialect/dialect-package.ts'
export type {
  ChangeFeed,
  ChangeListener,
  HiddenRelations,
  ObservationFacts,
  WatchedTable,
  SessionFacts,
} from './dialect/observation-facts.ts'
export type {
  BrokenObject,
  EngineFacts,
  MigrationFacts,
  RunSql,
} from './dialect/migration-facts.ts'
export {
  type ConstraintFacts,
  type DbErrorOptions,
  StaleStatementError,
  TransactionAbortedError,
  TransactionEndedError,
} from './errors.ts'
export {
  MigrationError,
  MigrationHashError,
  MigrationInterruptedError,
  MigrationLockError,
  MigrationPlanError,
  MigrationProofError,
  MissingRoleError,
  PendingMigrationsError,
  UnknownMigrationError,
} from './migration-errors.ts'
export { everything as everythingTag } from './query/tags.ts'
export { Column } from './schema/column.ts'
export type {
  AnyColumnBuilder,
  ColumnBuilder,
  ColumnFacts,
  ColumnOptions,
  ForeignKeyAction,
  ReferenceOptions,
} from './schema/column-builder.ts'
export type { ColumnTypeFacts, ColumnTypeName } from './schema/column-type.ts'
export type { NumericOptions, FineTimeOptions, TimeOptions } from './schema/columns.ts'
export type {
  Constraint,
  IndexElement,
  IndexElementOptions,
  IndexOptions,
  UniqueOptions,
} from './schema/constraints.ts'
export {
  type ColumnPrivilege,
  grant,
  type GrantConstraint,
  type GrantOn,
  type GrantOptions,
  type GrantTo,
  type TablePrivilege,
} from './schema/grant.ts'
export type { HiddenDeclaration } from './schema/hidden-effects.ts'
export type {
  Many,
  ManyOptions,
  One,
  OneOptions,
  Relation,
  Relations,
  Through,
} from './schema/relations.ts'
export type { KyselySchema, Schema, TableKeys } from './schema/schema.ts'
export type { AnyTable, TableFacts } from './schema/table-facts.ts'
export { type Change, describeChange } from './snapshot/changes.ts'
export type {
  ColumnChange,
  CommentTarget,
  EnumChange,
  KeyName,
  RebuildParts,
} from './snapshot/alterations.ts'
export { compareFolded, describeDifference, type SnapshotDifference } from './snapshot/compare.ts'
export { isCounter } from './snapshot/ddl/column-definition.ts'
export { checkClause, foreignKeyClause } from './snapshot/ddl/constraint-clauses.ts'
export { emitChange } from './snapshot/ddl/emit-change.ts'
export { indexStatement } from './snapshot/ddl/index-statement.ts'
export { planStatements } from './snapshot/ddl/plan-statements.ts'
export { quoteText } from './snapshot/ddl/quote-text.ts'
export { createStatements } from './snapshot/create-statements.ts'
export { type ExpressionText, type FoldedSnapshot, foldSnapshot } from './snapshot/fold.ts'
export type {
  PlannedStatement,
  PlanSurroundings,
  StatementKind,
} from './snapshot/planned-statement.ts'
export { formatRename, possibleRenames } from './snapshot/possible-renames.ts'
export { parseRename, type Rename, statedRenames } from './snapshot/renames.ts'
export type { Change as SchemaChange, Enums } from './snapshot/changes.ts'
export { generatedName } from './snapshot/generated-name.ts'
export {
  type GrantedThing,
  grantKey,
  type Grants,
  type GrantSnapshot,
  toGrants,
} from './snapshot/grants/grant.ts'
export type { DdlFacts } from './snapshot/ddl-facts.ts'
export { bareName, parseIdentity, schemasOf } from './snapshot/identity.ts'
export { type PlanFacts, planChanges } from './snapshot/plan-changes.ts'
export type { NewNames } from './snapshot/objects/new-names.ts'
export type { AfterRename } from './snapshot/objects/renamed-objects.ts'
export { type SqlToken, sqlTokens } from './snapshot/objects/sql-tokens.ts'
export { orderObjects } from './snapshot/objects/order-objects.ts'
export {
  type CheckSnapshot,
  type ColumnSnapshot,
  type DefaultSnapshot,
  emptySnapshot,
  type EnumSnapshot,
  type ExpressionSnapshot,
  type ForeignKeySnapshot,
  formatSnapshot,
  type IndexElementSnapshot,
  type IndexSnapshot,
  type KeySnapshot,
  objectKey,
  type ObjectKind,
  type ObjectSnapshot,
  parseSnapshot,
  type SchemaSnapshot,
  type TableSnapshot,
  type TypeSnapshot,
} from './snapshot/snapshot.ts'
export { toSnapshot } from './snapshot/to-snapshot.ts'
export { hasExpressions, withDeparsed } from './snapshot/with-deparsed.ts'

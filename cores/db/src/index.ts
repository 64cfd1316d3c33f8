/** Schema, queries and observation on Kysely; dialect-neutral, for any runtime. */

export type { BatchResults } from './client/batch.ts'
export { createDbClient, type DbClientOptions } from './client/create-db-client.ts'
export { Database } from './client/database.ts'
export type { DatabaseParts } from './client/database-parts.ts'
export type { ExecuteSql } from './client/run-directly.ts'
export type { TransactionOptions } from './client/transaction-options.ts'
export type {
  DeleteQuery,
  InsertQuery,
  NewRow,
  NewRows,
  NotInSchema,
  SelectFrom,
  Selection,
  SelectionRow,
  SelectQuery,
  TableIn,
  UpdateQuery,
} from './client/table-queries.ts'
export type {
  ComputedMember,
  ExtendedDatabase,
  ExtendedQueries,
  ExtendedQuery,
  Extensions,
  Models,
  NeededRow,
  NoSuchColumn,
  NoSuchTable,
  ResultExtensions,
} from './client/extend.ts'
export type { Modifiable } from './client/modifiable.ts'
export type {
  DbMeter,
  DbSpan,
  DbTelemetryAttributes,
  DbTelemetryOptions,
  DbTracer,
} from './client/telemetry.ts'
export { routedDb, type RoutedDbOptions } from './client/routed-db.ts'
export type { BeforeQuery, DbEvents, DbListener } from './client/events.ts'
export type {
  AmbientLevel,
  ClientJoin,
  CommitNote,
  DataScope,
  Observation,
  ScopePort,
} from './client/scope-port.ts'
export type { ScopeTransaction } from './client/scope-transaction.ts'
export type { DriverLoad } from './client/session-driver.ts'
export type { Statement, StatementLayer } from './client/statement.ts'
export { setTextColumns, type SharingDriver, textColumnsOf } from './dialect/sharing-driver.ts'
export { withoutMigrations } from './dialect/without-migrations.ts'
export { assertDatabaseUrl, type DatabaseUrlOptions } from './dialect/assert-database-url.ts'
export { type Codec, type Codecs, countCodec, keep, plainCodec } from './dialect/codec.ts'
export type {
  Capabilities,
  DialectPackage,
  JsonFacts,
  ListParameter,
} from './dialect/dialect-package.ts'
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
  AuthenticationError,
  CheckViolationError,
  CommitOutcomeUnknownError,
  ConnectionError,
  type ConstraintFacts,
  ConstraintViolationError,
  DbError,
  DeadlockError,
  type DbErrorOptions,
  ForeignKeyViolationError,
  MigrationError,
  MigrationHashError,
  MigrationInterruptedError,
  MigrationLockError,
  MigrationPlanError,
  MigrationProofError,
  MissingRoleError,
  NoFreeConnectionError,
  NotNullViolationError,
  PendingMigrationsError,
  QueryError,
  SerializationError,
  StaleStatementError,
  StatementCancelledError,
  StreamingNotSupportedError,
  TransactionAbortedError,
  TransactionEndedError,
  TransactionsNotSupportedError,
  UniqueViolationError,
  UnknownMigrationError,
  UnknownNameError,
  ValueError,
} from './errors.ts'
export {
  and,
  asc,
  type Condition,
  desc,
  eq,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  ne,
  not,
  notInArray,
  type Operators,
  or,
  type Order,
  type OrderOptions,
} from './query/operators.ts'
export { everything as everythingTag } from './query/tags.ts'
export { typed } from './query/typed.ts'
export type {
  FindOptions,
  FindUniqueOptions,
  FoundRow,
  Page,
  PageOptions,
  RelationOperators,
} from './relational/find-options.ts'
export type { Strategy } from './relational/loose-options.ts'
export type { RelationalQueries, RelationalQuery } from './relational/relational-query.ts'
export { Column } from './schema/column.ts'
export type {
  AnyColumn,
  AnyColumnBuilder,
  ColumnBuilder,
  ColumnFacts,
  ColumnOptions,
  ForeignKeyAction,
  ReferenceOptions,
} from './schema/column-builder.ts'
export type { ColumnTypeFacts, ColumnTypeName } from './schema/column-type.ts'
export {
  bigint,
  bigSerial,
  boolean,
  bytea,
  char,
  date,
  decimal,
  doublePrecision,
  integer,
  interval,
  json,
  jsonb,
  native,
  numeric,
  type NumericOptions,
  real,
  serial,
  smallint,
  text,
  time,
  type FineTimeOptions,
  type TimeOptions,
  timestamp,
  timestamptz,
  uuid,
  varchar,
} from './schema/columns.ts'
export {
  check,
  comment,
  type Constraint,
  foreignKey,
  index,
  indexed,
  type IndexElement,
  type IndexElementOptions,
  indexExpression,
  type IndexOptions,
  primaryKey,
  unique,
  type UniqueOptions,
  was,
} from './schema/constraints.ts'
export { customType, type CustomTypeOptions } from './schema/custom-type.ts'
export { type EnumType, enumType } from './schema/enum-type.ts'
export {
  type ColumnPrivilege,
  grant,
  type GrantConstraint,
  type GrantOn,
  type GrantOptions,
  type GrantTo,
  type TablePrivilege,
} from './schema/grant.ts'
export { type HiddenDeclaration, triggers, viewOf } from './schema/hidden-effects.ts'
export { type NamedSchema, schema } from './schema/named-schema.ts'
export {
  type Many,
  type ManyOptions,
  type One,
  type OneOptions,
  type Relation,
  type Relations,
  relations,
  type Through,
} from './schema/relations.ts'
export {
  defineSchema,
  type KyselySchema,
  type Schema,
  type SchemaModule,
  type TableKeys,
} from './schema/schema.ts'
export { type Table, table } from './schema/table.ts'
export { type AnyTable, type TableFacts } from './schema/table-facts.ts'
export { type Change, describeChange } from './snapshot/changes.ts'
export type {
  ColumnChange,
  CommentTarget,
  EnumChange,
  KeyName,
  RebuildParts,
} from './snapshot/alterations.ts'
export { compareFolded, describeDifference, type SnapshotDifference } from './snapshot/compare.ts'
export {
  checkClause,
  emitChange,
  foreignKeyClause,
  indexStatement,
  isCounter,
  planStatements,
  quoteText,
} from './snapshot/ddl.ts'
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

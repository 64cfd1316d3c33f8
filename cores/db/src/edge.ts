/**
 * What runs queries on Workers and other runtimes without Node: schema, client, operators. Migrations, snapshots and introspection stand
 * elsewhere. The databases are `@mizan/db-sqlite/d1` and `@mizan/db-postgres/neon`.
 */

export type { BatchResults } from './client/batch.ts'
export { createDbClient, type DbClientOptions } from './client/create-db-client.ts'
export { Database } from './client/database.ts'
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
export type {
  DbMeter,
  DbSpan,
  DbTelemetryAttributes,
  DbTelemetryOptions,
  DbTracer,
} from './client/telemetry.ts'
export { routedDb, type RoutedDbOptions } from './client/routed-db.ts'
export type { BeforeQuery, DbEvents, DbListener } from './client/events.ts'
export type { Modifiable } from './client/modifiable.ts'
export type { DataScope, Observation, ScopePort } from './client/scope-port.ts'
export type { Statement, StatementLayer } from './client/statement.ts'
export type { Capabilities, DialectPackage } from './dialect/dialect-package.ts'
export {
  AuthenticationError,
  CheckViolationError,
  CommitOutcomeUnknownError,
  ConnectionError,
  ConstraintViolationError,
  DbError,
  DeadlockError,
  ForeignKeyViolationError,
  NoFreeConnectionError,
  NotNullViolationError,
  QueryError,
  SerializationError,
  StatementCancelledError,
  StreamingNotSupportedError,
  TransactionsNotSupportedError,
  UniqueViolationError,
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
export type { AnyColumn } from './schema/column-builder.ts'
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
  real,
  serial,
  smallint,
  text,
  time,
  timestamp,
  timestamptz,
  uuid,
  varchar,
} from './schema/columns.ts'
export {
  check,
  comment,
  foreignKey,
  index,
  indexed,
  indexExpression,
  primaryKey,
  unique,
  was,
} from './schema/constraints.ts'
export { customType, type CustomTypeOptions } from './schema/custom-type.ts'
export { type EnumType, enumType } from './schema/enum-type.ts'
export { triggers, viewOf } from './schema/hidden-effects.ts'
export { type NamedSchema, schema } from './schema/named-schema.ts'
export { relations } from './schema/relations.ts'
export { defineSchema, type SchemaModule } from './schema/schema.ts'
export { type Table, table } from './schema/table.ts'

/** Spans and durations of statements and transactions, named as OpenTelemetry names them; nothing of it is imported. */

import {
  DeleteQueryNode,
  InsertQueryNode,
  type RootOperationNode,
  SelectQueryNode,
  UpdateQueryNode,
} from 'kysely'
import { DbError } from '../errors.ts'
import type { Analysis } from '../query/analysis.ts'
import type { Statement, StatementLayer } from './statement.ts'

/** Values of spans and measurements. */
export type DbTelemetryAttributes = Readonly<Record<string, string | number | boolean>>

/** A span, as far as it is used. */
export interface DbSpan {
  setAttribute(name: string, value: string | number): unknown
  /** 2 is an error. */
  setStatus(status: { code: number; message?: string }): unknown
  end(): void
}

/** `trace.getTracer('app')` of `@opentelemetry/api` fits. */
export interface DbTracer {
  startSpan(name: string, options: { kind: number; attributes: DbTelemetryAttributes }): DbSpan
  startActiveSpan<T>(
    name: string,
    options: { kind: number; attributes: DbTelemetryAttributes },
    run: (span: DbSpan) => T,
  ): T
}

/** `metrics.getMeter('app')` fits. */
export interface DbMeter {
  createHistogram(
    name: string,
    options?: {
      description?: string
      unit?: string
      advice?: { explicitBucketBoundaries?: number[] }
    },
  ): { record(value: number, attributes?: DbTelemetryAttributes): void }
}

/** Where spans and durations go. */
export interface DbTelemetryOptions {
  /** Spans of statements (`SELECT tasks`) and of transactions, below the span that is active. */
  readonly tracer?: DbTracer
  /** The histogram `db.client.operation.duration`, in seconds. */
  readonly meter?: DbMeter
}

/** Of OpenTelemetry's enumerations. */
const kinds = { internal: 0, client: 2 } as const
const failed = 2

const operations = [
  ['SELECT', SelectQueryNode.is],
  ['INSERT', InsertQueryNode.is],
  ['UPDATE', UpdateQueryNode.is],
  ['DELETE', DeleteQueryNode.is],
] as const

/** The layer of statements. @param system `postgresql`, `mysql`, `sqlite` */
export function traceStatements(
  { tracer, meter }: DbTelemetryOptions,
  system: string,
  clock: () => number,
): StatementLayer {
  const duration = meter?.createHistogram('db.client.operation.duration', {
    description: 'Duration of database client operations',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] },
  })
  return async (statement, next) => {
    const attributes = attributesOf(statement, system)
    const span = tracer?.startSpan(nameOf(attributes, system), {
      kind: kinds.client,
      // Values stand in parameters, which are no part of it.
      attributes: { ...attributes, 'db.query.text': statement.sql },
    })
    const start = clock()
    try {
      const result = await next(statement)
      duration?.record((clock() - start) / 1000, attributes)
      span?.setAttribute(
        'db.response.returned_rows',
        result.rows.length || Number(result.numAffectedRows ?? 0),
      )
      return result
    } catch (error) {
      const type = errorType(error)
      duration?.record((clock() - start) / 1000, { ...attributes, 'error.type': type })
      span?.setAttribute('error.type', type)
      span?.setStatus({ code: failed, message: type })
      throw error
    } finally {
      span?.end()
    }
  }
}

/** Around an outermost transaction: the spans of its statements stand below its own. */
export function traceTransaction<T>(
  tracer: DbTracer | undefined,
  attributes: DbTelemetryAttributes,
  run: () => Promise<T>,
): Promise<T> {
  if (tracer === undefined) return run()
  return tracer.startActiveSpan(
    'transaction',
    { kind: kinds.internal, attributes },
    async (span) => {
      try {
        return await run()
      } catch (error) {
        const type = errorType(error)
        span.setAttribute('error.type', type)
        span.setStatus({ code: failed, message: type })
        throw error
      } finally {
        span.end()
      }
    },
  )
}

function attributesOf({ node, analysis }: Statement, system: string): DbTelemetryAttributes {
  const operation = operations.find(([, is]) => is(node))?.[0]
  const table = tableOf(node, analysis)
  return {
    'db.system.name': system,
    ...(operation === undefined ? {} : { 'db.operation.name': operation }),
    ...(table === undefined ? {} : { 'db.collection.name': table }),
  }
}

/** The table that is changed, or the only one that is read. */
function tableOf(node: RootOperationNode, analysis: Analysis | undefined): string | undefined {
  const written = analysis?.writes.find((one) => one.outermost)?.table.name
  if (written !== undefined || !SelectQueryNode.is(node)) return written
  const read = new Set(analysis?.reads.map(({ table }) => table.name))
  return read.size === 1 ? [...read][0] : undefined
}

function nameOf(attributes: DbTelemetryAttributes, system: string): string {
  const { 'db.operation.name': operation, 'db.collection.name': table } = attributes
  return [operation, table].filter((one) => one !== undefined).join(' ') || system
}

/** A stable code; messages may hold names of the application. */
function errorType(error: unknown): string {
  if (error instanceof DbError) return error.code
  return error instanceof Error ? error.name : 'unknown'
}

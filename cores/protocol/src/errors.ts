/** The error table of the protocol and the class that carries an entry of it (PROTOCOL section 4). */

import { isObject, parseObject } from './parse-object.ts'

// Two short lists instead of one of objects: every page downloads them.
const statuses = {
  BAD_REQUEST: 400,
  VALIDATION_FAILED: 422,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  CLIENT_OUTDATED: 409,
  GONE: 410,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  NOT_IMPLEMENTED: 501,
  UNAVAILABLE: 503,
  TIMEOUT: 504,
} as const

/** Statuses after which the same request may succeed. */
const retryableStatuses: readonly number[] = [429, 503, 504]

/** What the table says of one code. */
export interface ErrorFacts {
  readonly status: number
  /** Whether trying again may help. */
  readonly retryable: boolean
}

/** code → HTTP status and whether trying again may help. Frozen: clients branch on these codes. */
export const errorTable: Readonly<Record<keyof typeof statuses, ErrorFacts>> =
  /* @__PURE__ */ toErrorTable()

function toErrorTable(): Readonly<Record<keyof typeof statuses, ErrorFacts>> {
  const facts = Object.entries(statuses).map(
    ([code, status]) => [code, { status, retryable: retryableStatuses.includes(status) }] as const,
  )
  // cast: one entry for each code
  return Object.freeze(Object.fromEntries(facts)) as Record<keyof typeof statuses, ErrorFacts>
}

/** A code of {@link errorTable}. */
export type ErrorCode = keyof typeof statuses

/** One failed check of an argument; `path` is dotted from the argument's wire name. */
export interface ValidationIssue {
  readonly path: string
  readonly message: string
  readonly expected: string
}

/** What stands under `error` in an answer. */
export interface ErrorBody {
  readonly code: string
  readonly message: string
  readonly details?: unknown
  /** Only on 5xx: the id under which the server's log holds the cause. */
  readonly id?: string
}

/** Facts that a {@link MizanError} may carry besides code and message. */
export interface MizanErrorOptions {
  readonly details?: unknown
  readonly id?: string | undefined
  /** HTTP status; the code's own by default, 500 for a code that the table does not list. */
  readonly status?: number
  readonly cause?: unknown
}

/** Every failure that crosses the wire, on either side of it. */
export class MizanError extends Error {
  override readonly name: string = 'MizanError'
  // Declared, not defined: what the constructor sets needs no bytes of its own.
  declare readonly code: string
  declare readonly status: number
  declare readonly details: unknown
  declare readonly id: string | undefined

  constructor(code: ErrorCode | (string & {}), message: string, options: MizanErrorOptions = {}) {
    super(message, options)
    const { status = isErrorCode(code) ? statuses[code] : 500, details, id } = options
    Object.assign(this, { code, status, details, id })
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return retryableStatuses.includes(this.status)
  }
}

/** The form in which an error stands in an answer. Not a method: clients never write one. */
export function toErrorBody({ code, message, details, id }: MizanError): ErrorBody {
  return {
    code,
    message,
    ...(details === undefined ? {} : { details }),
    ...(id === undefined ? {} : { id }),
  }
}

/** Whether `code` stands in the protocol's table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(statuses, code)
}

/**
 * Reads an error answer: the envelope of section 4, the older flat one (`{"error": true, "code", "message"}`),
 * and bodies that are not JSON (`HTTP_<status>`).
 */
export function parseError(status: number, text: string): MizanError {
  const body = parseObject(text)
  const error = body?.['error']
  const parts = error === true ? body : error
  const { code, message, details, id } = isObject(parts) ? parts : {}
  if (typeof code !== 'string') {
    return new MizanError(`HTTP_${status}`, `The server answered ${status}`, { status })
  }
  const known = typeof id === 'string' ? id : undefined
  return new MizanError(code, String(message ?? code), { status, details, id: known })
}

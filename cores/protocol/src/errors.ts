/** The error table of the protocol and the class that carries an entry of it (PROTOCOL section 4). */

const table = {
  BAD_REQUEST: { status: 400, retryable: false },
  VALIDATION_FAILED: { status: 422, retryable: false },
  UNAUTHORIZED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false },
  CONFLICT: { status: 409, retryable: false },
  CLIENT_OUTDATED: { status: 409, retryable: false },
  GONE: { status: 410, retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },
  INTERNAL: { status: 500, retryable: false },
  NOT_IMPLEMENTED: { status: 501, retryable: false },
  UNAVAILABLE: { status: 503, retryable: true },
  TIMEOUT: { status: 504, retryable: true },
} as const

/** code → HTTP status and whether trying again may help. Frozen: clients branch on these codes. */
export const errorTable: typeof table = Object.freeze(table)

/** A code of {@link errorTable}. */
export type ErrorCode = keyof typeof errorTable

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
  readonly id?: string
  /** HTTP status; the code's own by default, 500 for a code that the table does not list. */
  readonly status?: number
  readonly cause?: unknown
}

/** Every failure that crosses the wire, on either side of it. */
export class MizanError extends Error {
  override readonly name: string = 'MizanError'
  readonly code: string
  readonly status: number
  readonly details: unknown
  readonly id: string | undefined

  constructor(code: ErrorCode | (string & {}), message: string, options: MizanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options.status ?? (isErrorCode(code) ? errorTable[code].status : 500)
    this.details = options.details
    this.id = options.id
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return isErrorCode(this.code) && errorTable[this.code].retryable
  }

  /** The form in which the error stands in an answer. */
  toBody(): ErrorBody {
    return {
      code: this.code,
      message: this.message,
      ...(this.details === undefined ? {} : { details: this.details }),
      ...(this.id === undefined ? {} : { id: this.id }),
    }
  }
}

/** Whether `code` stands in the protocol's table. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorTable, code)
}

/**
 * Reads an error answer: the envelope of section 4, the older flat one (`{"error": true, "code", "message"}`),
 * and bodies that are not JSON (`HTTP_<status>`).
 */
export function parseError(status: number, text: string): MizanError {
  const body = parseObject(text)
  const inner = isObject(body?.['error'])
    ? body['error']
    : body?.['error'] === true
      ? body
      : undefined
  if (inner && typeof inner['code'] === 'string') {
    return new MizanError(
      inner['code'],
      typeof inner['message'] === 'string' ? inner['message'] : inner['code'],
      {
        status,
        details: inner['details'],
        ...(typeof inner['id'] === 'string' ? { id: inner['id'] } : {}),
      },
    )
  }
  return new MizanError(`HTTP_${status}`, `The server answered ${status} without a Mizan error`, {
    status,
  })
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

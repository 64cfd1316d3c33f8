/** Errors of the application that reach the client with their own code, status and data. */

import { isErrorCode, errorTable, MizanError } from '@mizan/protocol'

/** How an application error answers. */
export interface ErrorOptions {
  /** HTTP status, 400 to 599. */
  readonly status: number
  /** @default the code */
  readonly message?: string
}

/** A constructor made by {@link defineError}; without type arguments, any of them. */
export interface ErrorClass<Code extends string = string, Data = never> {
  new (
    ...args: [Data] extends [never] ? never[] : Data extends undefined ? [] : [data: Data]
  ): MizanError & {
    readonly code: Code
    readonly details: [Data] extends [never] ? unknown : Data
  }
  readonly code: Code
  readonly status: number
}

/**
 * Makes an error class whose instances answer with `code`, `status` and their data as `details`.
 *
 * @throws TypeError when the code is not UPPER_SNAKE_CASE, belongs to the protocol, or the status is no error.
 * @see PROTOCOL section 4
 */
export function defineError<const Code extends string, Data = undefined>(
  code: Code,
  options: ErrorOptions,
): ErrorClass<Code, Data> {
  if (!/^[A-Z][A-Z0-9_]*$/.test(code))
    throw new TypeError(`defineError("${code}"): a code is UPPER_SNAKE_CASE`)
  if (isErrorCode(code)) {
    throw new TypeError(
      `defineError("${code}"): the protocol has this code (status ${errorTable[code].status}); choose another`,
    )
  }
  if (!(Number.isInteger(options.status) && options.status >= 400 && options.status < 600)) {
    throw new TypeError(`defineError("${code}"): status must be 400 to 599, got ${options.status}`)
  }
  class ApplicationError extends MizanError {
    static readonly code: string = code
    static readonly status: number = options.status
    constructor(data?: unknown) {
      super(code, options.message ?? code, { status: options.status, details: data })
    }
  }
  // cast: TypeScript cannot see that the class's optional data becomes Data or nothing.
  return ApplicationError as unknown as ErrorClass<Code, Data>
}

/** The errors that a function declares in `throws`, told apart by their code. */

import {
  type ErrorCode,
  MizanError,
  type TokenErrorCode,
  type ValidationIssue,
} from '@mizan/protocol'

/** An error class of the application, as it reaches the client: the code tells which, `details` is its data. */
export interface DeclaredError<Code extends string, Details = undefined> extends MizanError {
  readonly code: Code
  readonly details: Details
}

/** Every failure that is not declared: the protocol's own codes, and answers that are not Mizan's. */
export type ProtocolError =
  | DeclaredError<'VALIDATION_FAILED', readonly ValidationIssue[]>
  | DeclaredError<
      Exclude<ErrorCode, 'VALIDATION_FAILED'> | TokenErrorCode | `HTTP_${number}`,
      unknown
    >

/** How details cross, by code; codes without an entry carry plain JSON. */
// cast: a decoder takes the JSON of its own details.
export type DetailsDecoders = Readonly<Record<string, (json: never) => unknown>>

/** `error` with its details as the declared type has them (dates, bigints). What is not listed stays as it came. */
export function decodeDetails<Failure extends MizanError>(
  error: MizanError,
  decoders: DetailsDecoders,
): Failure {
  const { code, message, status, details, id, cause } = error
  const decode = Object.hasOwn(decoders, code) ? decoders[code] : undefined
  // cast: the union of the caller is what its function declares.
  if (!decode || details === undefined) return error as Failure
  return new MizanError(code, message, {
    status,
    details: decode(details as never),
    cause,
    ...(id !== undefined && { id }),
  }) as Failure
}

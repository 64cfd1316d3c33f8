/** What the types of errors promise to who catches them. */

import type { MizanError, ValidationIssue } from '@mizan/protocol'

import { type DeclaredError, decodeDetails, type ProtocolError } from './declared-error.ts'
import type { CallDescriptor } from './descriptors.ts'
import type { Kernel } from './kernel.ts'
import { createMutation } from './mutation.ts'

type RenameError =
  | DeclaredError<'NAME_TAKEN', { until: Date }>
  | DeclaredError<'LOCKED'>
  | ProtocolError

declare const rename: CallDescriptor<{ title: string }, void, RenameError>
declare const plain: CallDescriptor<{ title: string }, void>

/** The code tells which error it is, and with it what its details are. */
export function Narrowed(error: RenameError): Date | undefined {
  if (error.code === 'NAME_TAKEN') return error.details.until
  if (error.code === 'LOCKED') {
    const none: undefined = error.details
    return none
  }
  if (error.code === 'VALIDATION_FAILED') {
    const issues: readonly ValidationIssue[] = error.details
    return issues.length > 0 ? new Date() : undefined
  }
  // @ts-expect-error -- a code that nobody declared
  if (error.code === 'NAME_FREE') return undefined
  // @ts-expect-error -- the protocol's details are not typed
  return error.details.until
}

/** Every case can be asked for. */
export function Exhaustive({ code }: RenameError): string {
  switch (code) {
    case 'NAME_TAKEN':
    case 'LOCKED':
      return code.toLowerCase()
    case 'UNAVAILABLE':
    case 'TIMEOUT':
      return 'later'
    default:
      return code
  }
}

/** A mutation's error is what its function declares; without a declaration, any error. */
export function Mutations(kernel: Kernel): void {
  const { error } = createMutation(kernel, rename).read()
  if (error?.code === 'NAME_TAKEN') error.details.until.getTime()
  const any: MizanError | undefined = createMutation(kernel, plain).read().error
  const whole: MizanError | undefined = error
  void [any, whole]
}

/** Decoders make a declared error of any. */
export function Decoded(error: MizanError): RenameError {
  return decodeDetails(error, {
    NAME_TAKEN: (json: { until: string }) => ({ until: new Date(json.until) }),
  })
}

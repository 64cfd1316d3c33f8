/** What `await` gives. */

import { ts } from 'ts-morph'
import { isPromise } from './library-types.ts'
import type { Reading } from './reading.ts'

/** What awaiting a value of `type` gives: `Task` of `Promise<Task>`, and of `Task` itself. */
export function awaitedType(type: ts.Type, { checker, program }: Reading): ts.Type {
  const promised = isPromise(type, program) ? checker.getTypeArguments(type)[0] : type
  // The checker would compare it with every primitive type, twice.
  if (promised !== undefined && isSettled(promised, checker)) return promised
  return checker.getAwaitedType(type) ?? type
}

const primitive =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.Void |
  ts.TypeFlags.Undefined |
  ts.TypeFlags.Null

/** Whether it shows at once that there is nothing to await. */
function isSettled(type: ts.Type, checker: ts.TypeChecker): boolean {
  if (type.flags & primitive) return true
  if (type.isUnion()) return type.types.every((member) => isSettled(member, checker))
  return (
    (type.flags & ts.TypeFlags.Object) !== 0 &&
    checker.getPropertyOfType(type, 'then') === undefined
  )
}

/** Functions that return an async iterable: what is streamed. */

import { ts } from 'ts-morph'
import { awaitedType } from './awaited-type.ts'
import type { Reading } from './reading.ts'

/** The type of the items, of `AsyncGenerator<Task>` or any type with `[Symbol.asyncIterator]`; `undefined` for all others. */
export function streamedType(type: ts.Type, reading: Reading): ts.Type | undefined {
  if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return undefined
  const { checker } = reading
  const method = checker
    .getPropertiesOfType(type)
    .find((property) => String(property.escapedName).startsWith('__@asyncIterator'))
  const iterator = method && returnedBy(method, checker)
  const next = iterator && checker.getPropertyOfType(iterator, 'next')
  const step = next && returnedBy(next, checker)
  return step && itemOf(awaitedType(step, reading), checker)
}

function returnedBy(member: ts.Symbol, checker: ts.TypeChecker): ts.Type | undefined {
  return checker.getTypeOfSymbol(member).getCallSignatures()[0]?.getReturnType()
}

/** Of `IteratorResult<Item, Return>`, what comes before the end. */
function itemOf(step: ts.Type, checker: ts.TypeChecker): ts.Type | undefined {
  const results = step.isUnion() ? step.types : [step]
  const yielded = results.find((result) => {
    const done = checker.getPropertyOfType(result, 'done')
    return done === undefined || checker.typeToString(checker.getTypeOfSymbol(done)) !== 'true'
  })
  const value = yielded && checker.getPropertyOfType(yielded, 'value')
  return value && checker.getTypeOfSymbol(value)
}

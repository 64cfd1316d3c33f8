/** Reads what a Standard Schema accepts: the type of its `['~standard'].types.input`. */

import type { ts } from 'ts-morph'
import type { ApiParam } from '../ir/api.ts'
import type { Mark } from './mark.ts'
import { readProperties } from './params.ts'
import { type Reading, shown } from './reading.ts'
import type { TypeReader } from './types.ts'

/** The top-level properties of the schema's input are the arguments. */
export function readInput(mark: Mark, input: ts.Expression, types: TypeReader): ApiParam[] {
  const found = inputTypeOf(input, types.reading)
  if (found === undefined) {
    types.reading.report(
      input,
      `${mark.name}: input must be a Standard Schema whose types are known, got ${shown(input)}`,
    )
    return []
  }
  return readProperties(found, mark, { node: input, types })
}

function inputTypeOf(input: ts.Expression, { checker }: Reading): ts.Type | undefined {
  let type: ts.Type = checker.getTypeAtLocation(input)
  for (const name of ['~standard', 'types', 'input']) {
    const property = checker.getPropertyOfType(checker.getNonNullableType(type), name)
    if (property === undefined) return undefined
    type = checker.getTypeOfSymbol(property)
  }
  return checker.getNonNullableType(type)
}

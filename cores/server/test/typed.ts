/** Gives collected functions the types that a compiler would have read. */

import type { ArtifactFunction, JsonSchema } from '@mizan/protocol'
import type { Functions } from '../src/index.ts'

/** Params by wire name, in their order; all but unions with null and lists are required. */
export function functionsOf(
  functions: Functions,
  types: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>,
): Functions {
  const typed = Object.entries(functions.artifact.functions).map(
    ([name, fn]): [string, ArtifactFunction] => {
      const params = Object.entries(types[name] ?? {}).map(([param, schema]) => ({
        name: param,
        key: param,
        schema,
        required: schema.anyOf === undefined,
      }))
      return [name, types[name] === undefined ? fn : { ...fn, params }]
    },
  )
  return {
    ...functions,
    artifact: { ...functions.artifact, functions: Object.fromEntries(typed) },
  }
}

/** All that crosses the wire as one JSON Schema document (2020-12). */

import type { Artifact, JsonSchema } from '@mizan/protocol'
import { fromWireName } from '@mizan/protocol'
import { objectOf, publicFunctions } from './public-functions.ts'

/** A document whose parts are found by name in `$defs`. */
export interface JsonSchemaDocument {
  readonly $schema: 'https://json-schema.org/draft/2020-12/schema'
  readonly $defs: Readonly<Record<string, JsonSchema>>
}

/**
 * The application's own types by their names, and for each public function, context and channel what it takes and gives, by the
 * names that generated clients use: `RenameTaskArgs`, `RenameTaskResult` (`TailItem` of a stream), `RenameTaskError`,
 * `TaskContextParams`, `TaskContextData`, `TaskChannelParams`, `TaskChannelMessage`. Names inside are wire names.
 */
export function toJsonSchema(artifact: Artifact): JsonSchemaDocument {
  const own: Record<string, JsonSchema> = { ...artifact.$defs }
  for (const { fn } of publicFunctions(artifact)) {
    const name = upperFirst(fn.key)
    const doc = fn.doc === undefined ? {} : { description: fn.doc }
    if (fn.context !== undefined) continue
    own[`${name}Args`] = { ...objectOf(fn.params), ...doc }
    own[`${name}${fn.stream ? 'Item' : 'Result'}`] = fn.result
    const errors = (fn.throws ?? []).map(({ code, data }) =>
      objectOf([
        { name: 'code', schema: { const: code }, required: true },
        { name: 'details', schema: data ?? {}, required: data !== undefined },
      ]),
    )
    if (errors.length > 0) own[`${name}Error`] = { anyOf: errors }
  }
  for (const [wire, { params, functions }] of Object.entries(artifact.contexts)) {
    const name = upperFirst(fromWireName(wire))
    own[`${name}ContextParams`] = objectOf(params)
    own[`${name}ContextData`] = contextData(artifact, functions)
  }
  for (const { key, params, message } of Object.values(artifact.channels ?? {})) {
    const name = upperFirst(key.replace(/Channel$/, ''))
    own[`${name}ChannelParams`] = objectOf(params)
    own[`${name}ChannelMessage`] = message
  }
  const sorted = Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: Object.fromEntries(sorted),
  }
}

/** The answer of a context: wire name → result. */
export function contextData(artifact: Artifact, functions: readonly string[]): JsonSchema {
  return objectOf(
    functions.flatMap((name) => {
      const fn = artifact.functions[name]
      if (fn === undefined) return []
      const schema = fn.doc === undefined ? fn.result : { ...fn.result, description: fn.doc }
      return [{ name, schema, required: true }]
    }),
  )
}

function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}

/** Public functions as tools of the Model Context Protocol. */

import type { Artifact, JsonSchema } from '@mizan/protocol'
import { definitionsOf, holdsFile, objectOf, publicFunctions } from './public-functions.ts'

/** One entry of an answer to `tools/list`. */
export interface McpTool {
  /** The wire name. */
  readonly name: string
  readonly description?: string
  /** Of the arguments, by wire name; complete in itself. */
  readonly inputSchema: McpSchema
  /** `{ result }`, with the items as a list where the function streams. */
  readonly outputSchema: McpSchema
  readonly annotations: {
    /** Members of a context change nothing. */
    readonly readOnlyHint: boolean
    /** What a mutation does with what was there is not known, so the worst is assumed. */
    readonly destructiveHint: boolean
  }
}

/** A schema of an object with its own definitions. */
export interface McpSchema extends JsonSchema {
  readonly type: 'object'
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

/**
 * The tools, sorted by name. A member of a context is one too: it is read by `GET ctx/<context>/`, everything else called by
 * `POST call/<name>/`. Functions that take files are left out, because a model has none to give.
 *
 * @see https://modelcontextprotocol.io/specification/2025-11-25/server/tools
 */
export function toMcpTools(artifact: Artifact): McpTool[] {
  return publicFunctions(artifact).flatMap(({ name, fn }) => {
    const input = objectOf(fn.params)
    if (holdsFile(input, artifact.$defs)) return []
    const result: JsonSchema = fn.stream ? { type: 'array', items: fn.result } : fn.result
    const isRead = fn.context !== undefined
    return [
      {
        name,
        ...(fn.doc === undefined ? {} : { description: fn.doc }),
        inputSchema: complete(input, artifact.$defs),
        outputSchema: complete(
          objectOf([{ name: 'result', schema: result, required: true }]),
          artifact.$defs,
        ),
        annotations: { readOnlyHint: isRead, destructiveHint: !isRead },
      },
    ]
  })
}

function complete(schema: JsonSchema, $defs: Artifact['$defs']): McpSchema {
  const needed = definitionsOf([schema], $defs)
  return {
    ...schema,
    type: 'object',
    ...(Object.keys(needed).length === 0 ? {} : { $defs: needed }),
  }
}

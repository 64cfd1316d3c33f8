/** Arguments with files as `multipart/form-data`: the JSON in one part, each file in a part named by its JSON Pointer. */

import type { Artifact, JsonSchema } from '@mizan/protocol'
import { holdsFile, mapSchema, referenceOf } from './public-functions.ts'

/** The schema of such a body. */
export interface MultipartSchema extends JsonSchema {
  readonly type: 'object'
}

/** `args` with `null` in each file's place, and a part for each place that a file may stand at. */
export function multipartSchema(args: JsonSchema, $defs: Artifact['$defs']): MultipartSchema {
  return {
    type: 'object',
    properties: { args: withoutFiles(args, $defs, new Set()) },
    required: ['args'],
    patternProperties: Object.fromEntries(
      [...new Set(pointersIn(args, $defs, new Set()))]
        .sort()
        .map((pointer) => [`^${pointer}$`, { type: 'string', format: 'binary' } as const]),
    ),
  }
}

/** Named types that hold files are written out, since elsewhere they stand with them. */
function withoutFiles(
  schema: JsonSchema,
  $defs: Artifact['$defs'],
  open: ReadonlySet<string>,
): JsonSchema {
  if (schema['x-mizan'] === 'file') return { type: 'null' }
  if (!holdsFile(schema, $defs)) return schema
  const name = referenceOf(schema)
  if (name === undefined) return mapSchema(schema, (part) => withoutFiles(part, $defs, open))
  // A type that holds itself and files is described to its first turn.
  if (open.has(name)) return {}
  return withoutFiles($defs[name] ?? {}, $defs, new Set([...open, name]))
}

/** Regular expressions of the places at which files may stand. */
function pointersIn(
  schema: JsonSchema,
  $defs: Artifact['$defs'],
  open: ReadonlySet<string>,
): string[] {
  if (schema['x-mizan'] === 'file') return ['']
  const name = referenceOf(schema)
  if (name !== undefined) {
    const target = $defs[name]
    if (target === undefined || !holdsFile(target, $defs)) return []
    return open.has(name) ? ['(/.*)?'] : pointersIn(target, $defs, new Set([...open, name]))
  }
  const below = (step: string, part: JsonSchema | false | undefined): string[] =>
    part === undefined || part === false
      ? []
      : pointersIn(part, $defs, open).map((rest) => `${step}${rest}`)
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([key, part]) =>
      below(`/${escaped(key)}`, part),
    ),
    ...Object.values(schema.patternProperties ?? {}).flatMap((part) => below('/[^/]*', part)),
    ...below('/[^/]*', schema.additionalProperties),
    ...below('/[0-9]+', schema.items),
    ...(schema.prefixItems ?? []).flatMap((part, index) => below(`/${index}`, part)),
    ...[...(schema.anyOf ?? []), ...(schema.allOf ?? [])].flatMap((part) => below('', part)),
  ]
}

function escaped(key: string): string {
  const pointer = key.replaceAll('~', '~0').replaceAll('/', '~1')
  return pointer.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

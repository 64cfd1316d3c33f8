/** What files a function takes. */

import { type ArtifactUpload, type JsonSchema, MizanError } from '@mizan/protocol'
import type { Limits } from '../limits.ts'
import type { Entry } from '../registry.ts'

/** `upload` with every default filled in. */
export type UploadRules = Required<ArtifactUpload>

const rulesOf = new WeakMap<Entry, UploadRules>()
const defaultMaxFiles = 20

/** The rules of a function; one that declares no file takes none, so that nobody fills the disk through it. */
export function uploadRulesOf(
  entry: Entry,
  limits: Required<Limits>,
  $defs: Readonly<Record<string, JsonSchema>>,
): UploadRules {
  const known = rulesOf.get(entry)
  if (known !== undefined) return known
  const upload = entry.facts.upload ?? entry.options.upload
  const takesFiles =
    upload !== undefined ||
    entry.facts.params.some(({ schema }) => holdsFile(schema, $defs, new Set()))
  const rules: UploadRules = {
    maxBytes: upload?.maxBytes ?? limits.file,
    maxFiles: takesFiles ? (upload?.maxFiles ?? defaultMaxFiles) : 0,
    types: upload?.types ?? [],
  }
  rulesOf.set(entry, rules)
  return rules
}

/**
 * The type is what the client says; a function to which it matters looks into the file.
 *
 * @throws MizanError `UNSUPPORTED_MEDIA_TYPE`
 */
export function assertType({ types }: UploadRules, type: string, path: string): void {
  const fits = types.some((allowed) => {
    const lower = allowed.toLowerCase()
    if (lower === '*/*' || lower === type) return true
    return lower.endsWith('/*') && type.startsWith(lower.slice(0, -1))
  })
  if (fits || types.length === 0) return
  throw new MizanError(
    'UNSUPPORTED_MEDIA_TYPE',
    `${path}: send ${types.join(' or ')}, got "${type.slice(0, 60)}"`,
  )
}

function holdsFile(
  schema: JsonSchema,
  $defs: Readonly<Record<string, JsonSchema>>,
  seen: Set<string>,
): boolean {
  if (schema['x-mizan'] === 'file') return true
  const { $ref } = schema
  if ($ref !== undefined && !seen.has($ref)) {
    seen.add($ref)
    const name = $ref.replace('#/$defs/', '')
    const target = Object.hasOwn($defs, name) ? $defs[name] : undefined
    if (target !== undefined && holdsFile(target, $defs, seen)) return true
  }
  const parts = [
    ...(schema.anyOf ?? []),
    ...(schema.allOf ?? []),
    ...(schema.prefixItems ?? []),
    ...(schema.items ? [schema.items] : []),
    ...(schema.additionalProperties === undefined ? [] : [schema.additionalProperties]),
    ...Object.values(schema.properties ?? {}),
  ]
  return parts.some((part) => holdsFile(part, $defs, seen))
}

/** From references to `$defs` to references to components, whose names have fewer letters to choose from. */

/** The component name of each named type; `shared` names are taken. */
export function componentNames(
  names: readonly string[],
  shared: readonly string[],
): ReadonlyMap<string, string> {
  const taken = new Set(shared)
  const result = new Map<string, string>()
  for (const name of names) {
    const base = name.replace(/[^A-Za-z0-9._-]/g, '_')
    let free = base
    for (let turn = 2; taken.has(free); turn++) free = `${base}${turn}`
    taken.add(free)
    result.set(name, free)
  }
  return result
}

/** The same document with each reference led to its component. */
export function withComponents<Document>(
  document: Document,
  names: ReadonlyMap<string, string>,
): Document {
  const follow = (value: unknown, isSchemaKey: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => follow(item, true))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        if (isSchemaKey && key === '$ref' && typeof item === 'string')
          return [key, toReference(item, names)]
        // What is a value and no schema stays as it is; a property may be called anything.
        if (isSchemaKey && dataKeywords.has(key)) return [key, item]
        return [key, follow(item, !mapKeywords.has(key) || !isSchemaKey)]
      }),
    )
  }
  return follow(document, true) as Document // cast: the same shape
}

const dataKeywords: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

/** Below these stand names that somebody chose. */
const mapKeywords: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'schemas'])

function toReference(reference: string, names: ReadonlyMap<string, string>): string {
  if (!reference.startsWith('#/$defs/')) return reference
  const name = reference.replace('#/$defs/', '')
  return `#/components/schemas/${names.get(name) ?? name}`
}

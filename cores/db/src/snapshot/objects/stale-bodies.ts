/** Bodies of functions and triggers: texts that no rename reaches, and that are looked at only when they run. */

import { parseIdentity } from '../identity.ts'
import type { Rename } from '../renames.ts'
import { objectKey, type ObjectSnapshot, type SchemaSnapshot } from '../snapshot.ts'
import { sqlTokens } from './sql-tokens.ts'

interface GoneName {
  /** As a body may say it. */
  readonly word: string
  /** In words: what it was, and what became of it. */
  readonly told: string
  /** The table of a column: what does not speak of that says something else. */
  readonly tables: readonly string[]
}

/**
 * What may fail when it next runs: functions and triggers of `target` whose text says a name that `source` has and `target` has
 * not. A body may build names from parts, or say such a name of something else, so this is for a person to judge.
 */
export function staleBodies(
  source: SchemaSnapshot,
  target: SchemaSnapshot,
  renames: readonly Rename[] = [],
): readonly string[] {
  const gone = goneNames(source, target, renames)
  if (gone.length === 0) return []
  const objects = Object.values(target.objects ?? {})
  return objects.flatMap((object): readonly string[] => {
    if (object.kind !== 'function' && object.kind !== 'trigger') return []
    const words = wordsOf(object)
    const speaksOf = (table: string): boolean =>
      words.has(parseIdentity(table).name.toLowerCase()) ||
      object.table === table ||
      objects.some(
        (one) =>
          one.kind === 'trigger' &&
          one.table === table &&
          one.dependsOn.includes(objectKey(object)),
      )
    return gone
      .filter(({ word, tables }) => {
        return words.has(word.toLowerCase()) && (tables.length === 0 || tables.some(speaksOf))
      })
      .map(({ told }) => `${objectKey(object)} says ${told}; its body is text that nothing renames`)
  })
}

function goneNames(
  source: SchemaSnapshot,
  target: SchemaSnapshot,
  renames: readonly Rename[],
): readonly GoneName[] {
  const newName = (table: string): string =>
    renames.find((one) => one.column === undefined && one.from === table)?.table ?? table
  const relations = new Set(
    [
      ...Object.keys(target.tables),
      ...Object.values(target.objects ?? {}).map(({ name }) => name),
    ].map((identity) => parseIdentity(identity).name),
  )
  const tables = Object.keys(source.tables).flatMap((identity): readonly GoneName[] => {
    const word = parseIdentity(identity).name
    if (Object.hasOwn(target.tables, identity) || relations.has(word)) return []
    const now = newName(identity)
    return [
      {
        word,
        told: `${identity}, which is ${now === identity ? 'gone' : `called ${now} now`}`,
        tables: [],
      },
    ]
  })
  const kept = new Set(
    Object.values(target.tables).flatMap((table) => table.columns.map(({ name }) => name)),
  )
  const columns = Object.entries(source.tables).flatMap(([identity, table]) => {
    const now = newName(identity)
    // With its table it is told already.
    if (!Object.hasOwn(target.tables, now)) return []
    return table.columns
      .filter(({ name }) => !kept.has(name))
      .map(({ name }): GoneName => {
        const column = renames.find((one) => one.table === now && one.from === name)?.column
        const fate = column === undefined ? 'gone' : `called ${column} now`
        return {
          word: name,
          told: `${identity}.${name}, which is ${fate}`,
          tables: [identity, now],
        }
      })
  })
  return [...tables, ...columns]
}

/** What a text says, bodies in strings included; not what its comments say. */
function wordsOf({ create }: ObjectSnapshot): ReadonlySet<string> {
  const words = new Set<string>()
  const read = (sql: string, depth: number): void => {
    for (const { name, text } of sqlTokens(sql)) {
      if (name !== undefined) words.add(name.toLowerCase())
      const body = /^(\$\w*\$|[eE]?')([\s\S]*)(\$\w*\$|')$/.exec(text)?.[2]
      // A body may hold a statement in a string; deeper there are none that anybody writes.
      if (body !== undefined && depth < 2) read(body, depth + 1)
    }
  }
  read(create.source, 0)
  return words
}

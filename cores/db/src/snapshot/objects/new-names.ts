/** Names of tables and columns before and after a plan's renames, and texts of SQL in which they stand. */

import type { PlanFacts } from '../plan-changes.ts'
import { parseIdentity } from '../identity.ts'
import type { Rename } from '../renames.ts'
import type { ObjectSnapshot } from '../snapshot.ts'
import { type SqlToken, sqlTokens } from './sql-tokens.ts'

/** Of which tables a text speaks, beside those that it names. */
export type Spoken = Pick<ObjectSnapshot, 'kind' | 'table' | 'dependsOn'>

interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The renames of a plan, asked from the old names. */
export class NewNames {
  readonly #tables: ReadonlyMap<string, string>
  readonly #columns: readonly Required<Pick<Rename, 'table' | 'column' | 'from'>>[]
  readonly #facts: PlanFacts

  /** @param renames Those that happen: see `effectiveRenames`. */
  constructor(renames: readonly Rename[], facts: PlanFacts) {
    this.#tables = new Map(
      renames.flatMap((one) => (one.column === undefined ? [[one.from, one.table]] : [])),
    )
    const oldTable = new Map([...this.#tables].map(([from, to]) => [to, from]))
    this.#columns = renames.flatMap(({ table, column, from }) =>
      column === undefined ? [] : [{ table: oldTable.get(table) ?? table, column, from }],
    )
    this.#facts = facts
  }

  get isEmpty(): boolean {
    return this.#tables.size === 0 && this.#columns.length === 0
  }

  /** The identity of a table. */
  table(identity: string): string {
    return this.#tables.get(identity) ?? identity
  }

  /** A column, by the old identity of its table. */
  column(table: string, name: string): string {
    return this.#columns.find((one) => one.table === table && one.from === name)?.column ?? name
  }

  /** Whether a text speaks of a column that gets another name. */
  hasColumns(sql: string, spoken: Spoken): boolean {
    const own = tablesOf(spoken)
    const tokens = sqlTokens(sql)
    return this.#columns.some(
      ({ table, from }) => own.includes(table) && tokens.some((one) => this.#is(one, from)),
    )
  }

  /** The text with new names. What stands in strings and bodies of functions stays as it is. */
  text(sql: string, spoken: Spoken): string {
    if (this.isEmpty) return sql
    const tokens = sqlTokens(sql)
    const replaced = tokens
      .flatMap((_token, place) => this.#replacement(tokens, place, spoken) ?? [])
      .toSorted((a, b) => a.start - b.start)
    let [text, end] = ['', 0]
    for (const one of replaced) {
      if (one.start < end) continue
      text += sql.slice(end, one.start) + one.text
      end = one.end
    }
    return text + sql.slice(end)
  }

  /** The old name that a text still reads from, if it does. */
  stillReads(sql: string): string | undefined {
    const tokens = sqlTokens(sql)
    const word = (place: number): string => tokens[place]?.text.toLowerCase() ?? ''
    const reads = (place: number): boolean =>
      ['from', 'join', 'only'].includes(word(place - 1)) ||
      (word(place - 1) === '(' && word(place - 2) === 'from')
    const isOwn = (name: string): boolean =>
      tokens.some((one, place) => {
        return this.#is(one, name) && word(place + 1) === 'as' && word(place + 2) === '('
      })
    return [...this.#tables.keys()].find((identity) => {
      const { schema, name } = parseIdentity(identity)
      return (
        !isOwn(name) &&
        tokens.some((token, place) => {
          if (schema === undefined)
            return this.#is(token, name) && reads(place) && word(place + 1) !== '.'
          const next = tokens[place + 2]
          return (
            this.#is(token, schema) && reads(place) && next !== undefined && this.#is(next, name)
          )
        })
      )
    })
  }

  #replacement(
    tokens: readonly SqlToken[],
    place: number,
    spoken: Spoken,
  ): Replacement | undefined {
    const [token, dot, next] = tokens.slice(place, place + 3)
    if (token?.name === undefined) return undefined
    const isBehindDot = tokens[place - 1]?.text === '.'
    for (const [from, to] of this.#tables) {
      const { schema, name } = parseIdentity(from)
      if (schema !== undefined && dot?.text === '.' && !isBehindDot) {
        if (this.#is(token, schema) && next !== undefined && this.#is(next, name))
          return { start: token.start, end: next.end, text: this.#relation(to, next) }
      }
      if (!this.#is(token, name)) continue
      const { name: now, schema: place2 } = parseIdentity(to)
      // `owned by tasks.id` names the table, too.
      const isQualifier = dot?.text === '.' && tokens[place - 1]?.text.toLowerCase() !== 'by'
      if (isBehindDot) {
        // `on public.tasks`: whatever the schema is called that is searched first.
        const isPlaced = tokens[place - 3]?.text.toLowerCase() === 'on' && schema === undefined
        const start = tokens[place - 2]?.start
        if (!isPlaced || start === undefined) continue
        return place2 === undefined
          ? { start: token.start, end: token.end, text: this.#quoted(now, token) }
          : { start, end: token.end, text: this.#relation(to, token) }
      }
      if (tokens[place - 1]?.text.toLowerCase() === 'as') continue
      if (isQualifier) return { start: token.start, end: token.end, text: this.#quoted(now, token) }
      if (schema === undefined && (!this.#isBody(spoken) || isRelationAt(tokens, place)))
        return { start: token.start, end: token.end, text: this.#relation(to, token) }
    }
    const column = this.#newColumn(tokens, place, spoken)
    if (column === undefined) return undefined
    return { start: token.start, end: token.end, text: this.#quoted(column, token) }
  }

  #newColumn(tokens: readonly SqlToken[], place: number, spoken: Spoken): string | undefined {
    const token = tokens[place]
    if (token === undefined || tokens[place - 1]?.text.toLowerCase() === 'as') return undefined
    const own = tablesOf(spoken)
    const qualifier = tokens[place - 1]?.text === '.' ? tokens[place - 2] : undefined
    return this.#columns.find(({ table, from }) => {
      if (!own.includes(table) || !this.#is(token, from)) return false
      if (qualifier === undefined) return own.length === 1 && !this.#isBody(spoken)
      const { name } = parseIdentity(table)
      const row = qualifier.text.toLowerCase()
      if (spoken.table === table && (row === 'new' || row === 'old')) return true
      return this.#is(qualifier, name) || this.#isAlias(tokens, qualifier, name)
    })?.column
  }

  /** Statements that somebody wrote: a bare name in them may be that of a variable. */
  #isBody({ kind }: Spoken): boolean {
    return kind === 'trigger' && !this.#folds
  }

  /** `from tasks t`, `join tasks as t`. */
  #isAlias(tokens: readonly SqlToken[], alias: SqlToken, table: string): boolean {
    return tokens.some((token, place) => {
      if (token.name === undefined || token.name !== alias.name) return false
      const before = tokens[place - 1]
      const named = before?.text.toLowerCase() === 'as' ? tokens[place - 2] : before
      return named !== undefined && this.#is(named, table)
    })
  }

  #is({ name, isQuoted }: SqlToken, wanted: string): boolean {
    if (name === undefined) return false
    if (isQuoted) return name === wanted
    return this.#folds ? name.toLowerCase() === wanted : name.toLowerCase() === wanted.toLowerCase()
  }

  /** PostgreSQL reads a bare name as one of small letters, and writes one bare where it can. */
  get #folds(): boolean {
    return this.#facts.createSchema !== undefined
  }

  #quoted(name: string, like: SqlToken): string {
    if (this.#folds && !like.isQuoted && isPlain(name)) return name
    return this.#facts.quote?.(name) ?? name
  }

  #relation(identity: string, like: SqlToken): string {
    const { schema, name } = parseIdentity(identity)
    if (schema === undefined) return this.#quoted(name, like)
    return `${this.#quoted(schema, like)}.${this.#quoted(name, like)}`
  }
}

/** Words behind which a table is named. */
const places: ReadonlySet<string> = new Set(['from', 'join', 'into', 'update', 'on', 'table'])

function isRelationAt(tokens: readonly SqlToken[], place: number): boolean {
  const word = (back: number): string => tokens[place - back]?.text.toLowerCase() ?? ''
  return places.has(word(1)) || (word(1) === '(' && places.has(word(2)))
}

function tablesOf({ table, dependsOn }: Spoken): readonly string[] {
  const below = dependsOn.flatMap((key) => (key.startsWith('table ') ? [key.slice(6)] : []))
  return [...new Set(table === undefined ? below : [table, ...below])]
}

function isPlain(name: string): boolean {
  return /^[a-z_][a-z0-9_]*$/.test(name)
}

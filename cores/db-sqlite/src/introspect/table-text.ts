/** What only the text of CREATE TABLE says: checks, generated columns, names of constraints, AUTOINCREMENT. */

import { between, closing, parts, type Token, tokensOf } from './tokens.ts'

/** A column's own words. */
export interface ColumnText {
  readonly autoincrement: boolean
  readonly notNull: boolean
  readonly generated: string | undefined
  readonly collation: string | undefined
}

/** A foreign key's own words. */
export interface ForeignKeyText {
  readonly name: string | undefined
  /** In lower case. */
  readonly columns: readonly string[]
  readonly deferrable: 'immediate' | 'deferred' | undefined
}

/** A table's own words. */
export interface TableText {
  /** By name in lower case. */
  readonly columns: ReadonlyMap<string, ColumnText>
  readonly checks: readonly { readonly name: string | undefined; readonly source: string }[]
  readonly foreignKeys: readonly ForeignKeyText[]
}

const tableWords = new Set(['constraint', 'primary', 'unique', 'check', 'foreign'])

/** Reads a statement that SQLite keeps in `sqlite_schema`. */
export function readTableText(sql: string): TableText {
  const tokens = tokensOf(sql)
  const open = tokens.findIndex((token) => token.text === '(')
  const columns = new Map<string, ColumnText>()
  const checks: { name: string | undefined; source: string }[] = []
  const foreignKeys: ForeignKeyText[] = []
  for (const part of parts(tokens.slice(open + 1, closing(tokens, open)))) {
    const [first] = part
    if (first === undefined) continue
    const isQuoted = /^["`[]/.test(first.text)
    const isColumn = isQuoted || !tableWords.has(first.word)
    checks.push(...checksOf(sql, part))
    const key = foreignKeyOf(part, isColumn ? [first.word] : undefined)
    if (key !== undefined) foreignKeys.push(key)
    if (isColumn) columns.set(first.word, columnOf(sql, part))
  }
  return { columns, checks, foreignKeys }
}

function columnOf(sql: string, part: readonly Token[]): ColumnText {
  const words = atTop(part)
  const at = words.findIndex(
    ({ token }, index) => token.word === 'as' && words[index + 1]?.token.text === '(',
  )
  const open = words[at + 1]?.place ?? 0
  const collate = words.findIndex(({ token }) => token.word === 'collate')
  return {
    autoincrement: words.some(({ token }) => token.word === 'autoincrement'),
    notNull: words.some(
      ({ token }, index) => token.word === 'not' && words[index + 1]?.token.word === 'null',
    ),
    generated: at === -1 ? undefined : between(sql, part[open], part[closing(part, open)]),
    collation: collate === -1 ? undefined : words[collate + 1]?.token.text,
  }
}

function checksOf(
  sql: string,
  part: readonly Token[],
): { name: string | undefined; source: string }[] {
  const words = atTop(part)
  return words.flatMap(({ token, place }, index) => {
    if (token.word !== 'check' || part[place + 1]?.text !== '(') return []
    const named = words[index - 2]?.token.word === 'constraint'
    return [
      {
        name: named ? plainName(words[index - 1]?.token) : undefined,
        source: between(sql, part[place + 1], part[closing(part, place + 1)]),
      },
    ]
  })
}

function foreignKeyOf(
  part: readonly Token[],
  column: readonly string[] | undefined,
): ForeignKeyText | undefined {
  const words = atTop(part)
  const references = words.findIndex(({ token }) => token.word === 'references')
  if (references === -1) return undefined
  const foreign = words.findIndex(({ token }) => token.word === 'foreign')
  const start = foreign === -1 ? references : foreign
  const named = words[start - 2]?.token.word === 'constraint'
  const open = (words[foreign + 1]?.place ?? 0) + 1
  const columns =
    column ?? parts(part.slice(open + 1, closing(part, open))).map((names) => names[0]?.word ?? '')
  const deferrable = words.findIndex(({ token }) => token.word === 'deferrable')
  const isNot = words[deferrable - 1]?.token.word === 'not'
  const deferred = words.some(
    ({ token }, index) => token.word === 'initially' && words[index + 1]?.token.word === 'deferred',
  )
  return {
    name: named ? plainName(words[start - 1]?.token) : undefined,
    columns,
    deferrable: deferrable === -1 || isNot ? undefined : deferred ? 'deferred' : 'immediate',
  }
}

interface Word {
  readonly token: Token
  readonly place: number
}

/** Tokens outside of brackets; of brackets only the opening ones. */
function atTop(part: readonly Token[]): readonly Word[] {
  let depth = 0
  return part.flatMap((token, place): Word[] => {
    if (token.text === ')') depth -= 1
    const isTop = depth === 0 && token.text !== ')'
    if (token.text === '(') depth += 1
    return isTop ? [{ token, place }] : []
  })
}

/** A name with its letters as they were written. */
function plainName(token: Token | undefined): string | undefined {
  if (token === undefined) return undefined
  return /^["`[]/.test(token.text)
    ? token.text.slice(1, -1).replaceAll('""', '"').replaceAll('``', '`')
    : token.text
}

/** SQL as tokens: enough to find the parts of a CREATE statement that SQLite itself has accepted. */

/** One token. */
export interface Token {
  /** As it stands. */
  readonly text: string
  /** In lower case without quotes, for names and words. */
  readonly word: string
  readonly start: number
  readonly end: number
}

const pattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\s+|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|\d[\w.]*|[\s\S]/gu

/** The tokens without blanks and comments. */
export function tokensOf(sql: string): readonly Token[] {
  return [...sql.matchAll(pattern)].flatMap(({ 0: text, index: start }) =>
    /^(\s|--|\/\*)/.test(text)
      ? []
      : [{ text, word: unquoted(text), start, end: start + text.length }],
  )
}

/** The place of the bracket that closes the one at `open`. */
export function closing(tokens: readonly Token[], open: number): number {
  let depth = 0
  for (let index = open; index < tokens.length; index += 1) {
    if (tokens[index]?.text === '(') depth += 1
    if (tokens[index]?.text === ')') depth -= 1
    if (depth === 0) return index
  }
  return tokens.length
}

/** Splits at commas outside of brackets. */
export function parts(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const result: Token[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === ',' && depth === 0) result.push([])
    else result.at(-1)?.push(token)
  }
  return result
}

/** The text between two tokens, both left out. */
export function between(sql: string, open: Token | undefined, close: Token | undefined): string {
  return sql.slice(open?.end ?? 0, close?.start ?? sql.length).trim()
}

function unquoted(text: string): string {
  const first = text[0]
  if (first === '"' || first === '`' || first === '[')
    return text.slice(1, -1).replaceAll('""', '"').replaceAll('``', '`').toLowerCase()
  return text.toLowerCase()
}

/** SQL as tokens: enough to find names in texts that a server has accepted. */

/** One token; blanks and comments are none. */
export interface SqlToken {
  readonly text: string
  /** What a word or a quoted name says; undefined for anything else. */
  readonly name?: string
  readonly isQuoted: boolean
  readonly start: number
  readonly end: number
}

const pattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|\s+|(?:\$(\w*)\$)[\s\S]*?\$\1\$|[eE]?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|[\p{L}_][\p{L}\p{N}_$]*|\d[\w.]*|[\s\S]/gu

/** The tokens of a text. What stands in strings, dollar-quoted bodies included, is one token without a name. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(pattern)].flatMap(({ 0: text, index: start }) => {
    if (/^(\s|--|\/\*)/.test(text)) return []
    const isQuoted = text.startsWith('"') || text.startsWith('`')
    const name = isQuoted ? unquoted(text) : /^[\p{L}_]/u.test(text) ? text : undefined
    const isString = text.endsWith("'") && text.length > 1
    return [
      {
        text,
        isQuoted,
        start,
        end: start + text.length,
        ...(name === undefined || isString ? {} : { name }),
      },
    ]
  })
}

function unquoted(text: string): string {
  const quote = text[0] ?? ''
  return text.slice(1, -1).replaceAll(quote + quote, quote)
}

/** What only the text of CREATE INDEX says: expressions and the condition. */

import { between, closing, parts, tokensOf } from './tokens.ts'

/** The texts of an index. */
export interface IndexText {
  readonly elements: readonly string[]
  readonly where: string | undefined
}

/** Reads a statement of `sqlite_schema`; an empty one (of an index that a constraint made) has nothing. */
export function splitIndex(sql: string): IndexText {
  const tokens = tokensOf(sql)
  const open = tokens.findIndex((token) => token.text === '(')
  if (open === -1) return { elements: [], where: undefined }
  const close = closing(tokens, open)
  const where = tokens.findIndex((token, index) => index > close && token.word === 'where')
  return {
    elements: parts(tokens.slice(open + 1, close)).map((part) => {
      const words = part.filter(({ word }) => word !== 'asc' && word !== 'desc')
      const [first, last] = [words[0], words.at(-1)]
      if (first === undefined || last === undefined) return ''
      const isBracketed = first.text === '(' && closing(words, 0) === words.length - 1
      return isBracketed ? between(sql, first, last) : sql.slice(first.start, last.end)
    }),
    where: where === -1 ? undefined : between(sql, tokens[where], undefined),
  }
}

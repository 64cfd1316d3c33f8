/** Lists to and from PostgreSQL's text: `{1,NULL,"a b"}`. */

import { ValueError } from '@mizan/db'

/** @throws ValueError for what is no list. */
export function formatArray(value: unknown, encode: (element: unknown) => unknown): string {
  if (!Array.isArray(value)) throw new ValueError(`a list is an array, got ${typeof value}`)
  const members = value.map((element: unknown) => {
    if (element === null || element === undefined) return 'NULL'
    return Array.isArray(element) ? formatArray(element, encode) : quote(encode(element))
  })
  return `{${members.join(',')}}`
}

function quote(value: unknown): string {
  const text =
    value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : String(value)
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** @throws ValueError for a text that is no list. */
export function parseArray(text: string, parse: (element: string) => unknown): unknown[] {
  // Bounds that do not begin at 1 stand before the list.
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0
  const list = (): unknown[] => {
    const members: unknown[] = []
    at += 1
    while (at < text.length && text[at] !== '}') {
      if (text[at] === ',') at += 1
      members.push(text[at] === '{' ? list() : element())
    }
    at += 1
    return members
  }
  const element = (): unknown => {
    if (text[at] !== '"') {
      const start = at
      while (at < text.length && text[at] !== ',' && text[at] !== '}') at += 1
      const bare = text.slice(start, at)
      return bare === 'NULL' ? null : parse(bare)
    }
    let value = ''
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1
      value += text[at]
    }
    at += 1
    return parse(value)
  }
  if (text[at] !== '{') throw new ValueError(`"${text.slice(0, 40)}" is no list`)
  return list()
}

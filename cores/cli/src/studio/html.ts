/** HTML that is escaped by construction: what is not HTML already becomes text. */

/** Escaped text; only {@link markup} makes it. */
export class Html {
  readonly #text: string

  /** @param parts Of a template: literal text, and what stands between. */
  constructor(parts: TemplateStringsArray, values: readonly Insertion[]) {
    this.#text = parts.reduce((text, part, index) => text + toText(values[index - 1]) + part)
  }

  toString(): string {
    return this.#text
  }
}

/** What may stand in a template; nothing is written of `undefined`, `null` and `false`. */
export type Insertion = Html | string | number | false | null | undefined | readonly Insertion[]

/** A template; attributes stand in double quotes. Not named `html`: tools would move its white space about. */
export function markup(parts: TemplateStringsArray, ...values: readonly Insertion[]): Html {
  return new Html(parts, values)
}

/** A path of this server with its query; values that are undefined are left out. */
export function hrefOf(
  path: string,
  query: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? path : `${path}?${search.toString()}`
}

function toText(value: Insertion): string {
  if (value === undefined || value === null || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(toText).join('')
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A whole HTML page around what was rendered, with the state that the browser's kernel starts with. */

import type { Rendered } from './renderer.ts'

/** What a page consists of. `html`, `head` and `styles` are trusted; everything else is escaped. */
export interface DocumentOptions extends Rendered {
  /** Leave it out when a component renders `<title>`. */
  readonly title?: string
  /** URLs of module scripts. */
  readonly scripts?: readonly string[]
  /** What the page will need, for the browser to fetch at once; modules of `scripts` are among it already. */
  readonly preloads?: readonly PreloadLink[]
  /** `<meta>` elements: `{ name: 'description', content: … }`, `{ property: 'og:title', content: … }`. */
  readonly meta?: readonly MetaElement[]
  /** URLs of style sheets. */
  readonly styles?: readonly string[]
  /** @default 'en' */
  readonly language?: string
  /**
   * The id of the element that the browser hydrates.
   * @default 'root'
   */
  readonly rootId?: string
  /** For a Content-Security-Policy that names a nonce. */
  readonly nonce?: string
}

/** One thing to fetch ahead. */
export interface PreloadLink {
  readonly href: string
  /** `font`, `image`, `style`, `script`, `fetch` */
  readonly as: string
  readonly type?: string
  readonly crossorigin?: 'anonymous' | 'use-credentials'
}

/** One fact about the page. */
export type MetaElement =
  | { readonly name: string; readonly content: string }
  | { readonly property: string; readonly content: string }

/** The id of the element that holds the state. */
export const stateElementId = 'mizan-state'

/** What stands around what was rendered. */
export type DocumentAround = Omit<DocumentOptions, 'html' | 'state'>

/**
 * The page as text, `<!doctype html>` first.
 *
 * @see PROTOCOL section 8
 */
export function renderDocument({ html, state, ...around }: DocumentOptions): string {
  return `${documentStart(around)}${html}${documentEnd(around, state)}`
}

/** Everything before the page. */
export function documentStart(options: DocumentAround): string {
  const { head, title, scripts = [], styles = [], language = 'en' } = options
  const nonce = nonceOf(options)
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    title === undefined ? '' : `<title>${escapeHtml(title)}</title>`,
    ...(options.meta ?? []).map((facts) => `<meta${attributes(facts)}>`),
    ...(options.preloads ?? []).map((link) => `<link rel="preload"${attributes(link)}>`),
    ...scripts.map((url) => `<link rel="modulepreload" href="${escapeHtml(url)}"${nonce}>`),
    ...styles.map((url) => `<link rel="stylesheet" href="${escapeHtml(url)}">`),
    head,
    '</head>',
    '<body>',
    // No white space inside: React would find a text node that it did not render.
    `<div id="${escapeHtml(options.rootId ?? 'root')}">`,
  ]
    .filter((line) => line !== '')
    .join('\n')
}

/** What no page is without. */
export const documentTail = '</body>\n</html>\n'

/** Everything behind it. */
export function documentEnd(options: DocumentAround, state: unknown): string {
  const { scripts = [] } = options
  const nonce = nonceOf(options)
  return [
    '</div>',
    stateScript(state),
    ...scripts.map((url) => `<script type="module" src="${escapeHtml(url)}"${nonce}></script>`),
    documentTail,
  ].join('\n')
}

/** The attribute, with a space before it. */
export function nonceOf({ nonce }: DocumentAround): string {
  return nonce === undefined ? '' : ` nonce="${escapeHtml(nonce)}"`
}

/**
 * `<script type="application/json" id="mizan-state">` with `state`; nothing in it can end the element or open a
 * comment, and it stays valid inside older JavaScript parsers.
 */
export function stateScript(state: unknown): string {
  return stateElement(JSON.stringify(state ?? null))
}

/** The same of what is JSON already. */
export function stateElement(json: string): string {
  return `<script type="application/json" id="${stateElementId}">${toScriptText(json)}</script>`
}

/** JSON, or a string literal, as it may stand in any script element. */
export function toScriptText(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, toEscape)
}

function attributes(facts: PreloadLink | MetaElement): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join('')
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** As text, and in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

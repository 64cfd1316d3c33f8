/** RFC 3986 and 3987 by their grammar: `uri`, `uri-reference`, `iri`, `iri-reference`, and RFC 6570's `uri-template`. */

import { isIpv6 } from './host-formats.ts'

// RFC 3986 appendix B: it takes every text apart, without going back.
const components = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/
const scheme = /^[a-z][a-z0-9+.-]*$/i
const template =
  /^(?:[^\s"'<>\\^`{|}%\p{Cc}]|%[0-9a-f]{2}|\{[+#./;?&=,!@|]?(?:[a-z0-9_.]|%[0-9a-f]{2})+(?::[1-9]\d{0,3}|\*)?(?:,(?:[a-z0-9_.]|%[0-9a-f]{2})+(?::[1-9]\d{0,3}|\*)?)*\})*$/iu

/** Which characters stand in which component. */
interface Alphabet {
  readonly userinfo: RegExp
  readonly host: RegExp
  readonly path: RegExp
  readonly query: RegExp
  readonly fragment: RegExp
}

const uri = alphabetOf('', '')
// RFC 3987: ucschar and iprivate.
const iri = alphabetOf(
  '\\u{a0}-\\u{d7ff}\\u{f900}-\\u{fdcf}\\u{fdf0}-\\u{ffef}\\u{10000}-\\u{dffff}\\u{e1000}-\\u{efffd}',
  '\\u{e000}-\\u{f8ff}\\u{f0000}-\\u{10ffff}',
)

function alphabetOf(more: string, privateUse: string): Alphabet {
  const unit = `a-z0-9._~!$&'()*+,;=${more}-`
  const escaped = '%[0-9a-f]{2}'
  const of = (characters: string): RegExp => new RegExp(`^(?:[${characters}]|${escaped})*$`, 'iu')
  return {
    userinfo: of(`:${unit}`),
    host: of(unit),
    path: of(`:@/${unit}`),
    query: of(`:@/?${privateUse}${unit}`),
    fragment: of(`:@/?${unit}`),
  }
}

export function isUri(text: string): boolean {
  return isReference(text, uri, true)
}

export function isUriReference(text: string): boolean {
  return isReference(text, uri, false)
}

export function isIri(text: string): boolean {
  return isReference(text, iri, true)
}

export function isIriReference(text: string): boolean {
  return isReference(text, iri, false)
}

export function isUriTemplate(text: string): boolean {
  return template.test(text)
}

function isReference(text: string, alphabet: Alphabet, absolute: boolean): boolean {
  const match = components.exec(text)
  if (match === null) return false
  const [, name, authority, path = '', query = '', fragment = ''] = match
  if (name === undefined ? absolute : !scheme.test(name)) return false
  if (authority !== undefined && !isAuthority(authority, alphabet)) return false
  return alphabet.path.test(path) && alphabet.query.test(query) && alphabet.fragment.test(fragment)
}

function isAuthority(text: string, alphabet: Alphabet): boolean {
  const at = text.lastIndexOf('@')
  if (at >= 0 && !alphabet.userinfo.test(text.slice(0, at))) return false
  const rest = text.slice(at + 1)
  const port = /:\d*$/.exec(rest)
  const host = port === null ? rest : rest.slice(0, port.index)
  if (!host.startsWith('[')) return alphabet.host.test(host)
  const literal = host.slice(1, -1)
  return (
    host.endsWith(']') &&
    (isIpv6(literal) || /^v[0-9a-f]+\.[a-z0-9._~!$&'()*+,;=:-]+$/i.test(literal))
  )
}

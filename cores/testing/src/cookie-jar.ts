/** Cookies as a browser keeps them for one site: by name, until they are cleared. */

/** Keeps what answers set and gives what requests send. */
export class CookieJar {
  readonly #cookies = new Map<string, string>()

  /** The `Cookie` header; `undefined` when there is nothing to send. */
  get header(): string | undefined {
    if (this.#cookies.size === 0) return undefined
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Takes the `Set-Cookie` headers of an answer. */
  keep(headers: Headers): void {
    for (const cookie of headers.getSetCookie()) {
      const [pair = '', ...attributes] = cookie.split(';')
      const at = pair.indexOf('=')
      const name = pair.slice(0, at).trim()
      const isCleared = attributes.some((text) => /^\s*max-age=(0|-\d+)\s*$/i.test(text))
      if (isCleared) this.#cookies.delete(name)
      else this.#cookies.set(name, pair.slice(at + 1).trim())
    }
  }
}

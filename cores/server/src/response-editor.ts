/** What a function may add to its answer. */

/** How a cookie is set; the defaults are the strict ones. */
export interface CookieOptions {
  /** Seconds; a session cookie when absent. */
  readonly maxAge?: number
  /** @default '/' */
  readonly path?: string
  /** @default true */
  readonly httpOnly?: boolean
  /** @default true */
  readonly secure?: boolean
  /** @default 'Lax' */
  readonly sameSite?: 'Lax' | 'Strict' | 'None'
}

/** Adds headers and cookies to the answer of the running function. */
export interface ResponseEditor {
  /** @throws TypeError for a name or value that cannot stand in a header, and for headers that Mizan sets itself */
  setHeader(name: string, value: string): void
  setCookie(name: string, value: string, options?: CookieOptions): void
}

/** The editor together with what was written into it. */
export interface RecordingEditor extends ResponseEditor {
  /** Takes a `Set-Cookie` line that was made elsewhere. */
  addCookie?(line: string): void
  readonly headers: readonly (readonly [string, string])[]
}

const reserved = new Set([
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'etag',
  'keep-alive',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'vary',
  'set-cookie',
])

/** Starts with nothing written. */
export function createResponseEditor(): RecordingEditor {
  return new HeaderRecorder()
}

/** Made for every request and used by few. */
class HeaderRecorder implements RecordingEditor {
  #headers: (readonly [string, string])[] | undefined

  get headers(): readonly (readonly [string, string])[] {
    return this.#headers ?? none
  }

  setHeader(name: string, value: string): void {
    const lower = name.toLowerCase()
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(lower))
      throw new TypeError(`setHeader: "${name}" is not a header name`)
    if (reserved.has(lower) || lower.startsWith('x-mizan-')) {
      throw new TypeError(
        `setHeader: ${name} is set by Mizan${lower === 'set-cookie' ? '; use setCookie' : ''}`,
      )
    }
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new TypeError(`setHeader: the value of ${name} holds control characters`)
    this.#add(lower, value)
  }

  addCookie(line: string): void {
    this.#add('set-cookie', line)
  }

  setCookie(name: string, value: string, options: CookieOptions = {}): void {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
      throw new TypeError(`setCookie: "${name}" is not a cookie name`)
    this.#add('set-cookie', formatCookie(name, value, options))
  }

  #add(name: string, value: string): void {
    this.#headers ??= []
    this.#headers.push([name, value])
  }
}

const none: readonly (readonly [string, string])[] = Object.freeze([])

function formatCookie(name: string, value: string, options: CookieOptions): string {
  const path = options.path ?? '/'
  if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(path))
    throw new TypeError(`setCookie: "${path}" is not a cookie path`)
  const parts = [`${name}=${encodeURIComponent(value)}`, `Path=${path}`]
  if (options.maxAge !== undefined) parts.push(`Max-Age=${Math.trunc(options.maxAge)}`)
  if (options.httpOnly ?? true) parts.push('HttpOnly')
  if (options.secure ?? true) parts.push('Secure')
  parts.push(`SameSite=${options.sameSite ?? 'Lax'}`)
  return parts.join('; ')
}

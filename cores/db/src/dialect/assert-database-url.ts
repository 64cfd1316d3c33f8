/** The form of a database's URL, checked before a driver sees it: their complaints repeat it, password and all. */

/** What the URL is for. */
export interface DatabaseUrlOptions {
  /** The function that was given the URL. */
  readonly owner: string
  /** With the colon. */
  readonly protocols: readonly string[]
  readonly example: string
}

/** @throws TypeError for a URL of another form; the message does not repeat it. */
export function assertDatabaseUrl(
  url: unknown,
  options: DatabaseUrlOptions,
): asserts url is string {
  const { owner, protocols, example } = options
  if (typeof url !== 'string' || url === '')
    throw new TypeError(`${owner}({ url }): the url is missing; set DATABASE_URL to ${example}`)
  // Two forms that PostgreSQL knows and URLs do not: no host, and a host that is an encoded path.
  const parsed = parse(url.replace(/^(\w+:\/\/)([^@/]*@)?(%2f[^/]*)?(?=\/|$)/i, '$1$2localhost'))
  if (parsed !== undefined && protocols.includes(parsed.protocol) && isDecodable(parsed)) return
  throw new TypeError(
    `${owner}({ url }): the url is not of the form ${example}. It is not repeated here because of its password, in which ` +
      'special characters are written as by encodeURIComponent',
  )
}

function parse(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/** Which endpoint a path under the base stands for (PROTOCOL section 2). */

/** What a request asks for. */
export type Endpoint =
  | { readonly kind: 'session' }
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'call'; readonly fn: string | undefined }
  | { readonly kind: 'validate'; readonly fn: string }
  | { readonly kind: 'schema'; readonly fn: string }
  | { readonly kind: 'live' }
  | { readonly kind: 'events' }

/** Methods that an endpoint answers. */
export const endpointMethods: Readonly<Record<Endpoint['kind'], readonly string[]>> = {
  session: ['GET', 'HEAD'],
  context: ['GET', 'HEAD', 'QUERY'],
  call: ['POST'],
  validate: ['POST'],
  schema: ['GET', 'HEAD'],
  live: ['GET'],
  events: ['GET', 'POST'],
}

/** Reads the path after the base; a missing trailing slash is accepted. */
export function parseEndpoint(rest: string): Endpoint | undefined {
  const words = rest.endsWith('/') ? rest.slice(1, -1) : rest.slice(1)
  const slash = words.indexOf('/')
  const kind = slash === -1 ? words : words.slice(0, slash)
  const name = slash === -1 ? undefined : words.slice(slash + 1)
  if (name?.includes('/')) return undefined
  if ((kind === 'session' || kind === 'live' || kind === 'events') && name === undefined)
    return { kind }
  if (kind === 'ctx' && name !== undefined) return { kind: 'context', name }
  if (kind === 'call') return { kind, fn: name }
  if (kind !== 'validate' && kind !== 'schema') return undefined
  return name === undefined ? undefined : { kind, fn: name }
}

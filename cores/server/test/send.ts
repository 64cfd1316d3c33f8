/** Sends neutral requests to an app, as a backend would. */

import type { App } from '../src/index.ts'

/** A request with everything optional. */
export interface Sent {
  readonly method?: string
  readonly body?: unknown
  readonly raw?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** An answer, read to its end. */
export interface Received {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly cookies: readonly string[]
  readonly text: string
  readonly json: unknown
}

/** Hands `target` (path and query) to the app; a body that is not raw is sent as JSON. */
export async function send(app: App, target: string, sent: Sent = {}): Promise<Received> {
  const [path = '', query = ''] = target.split('?')
  const raw = sent.raw ?? (sent.body === undefined ? undefined : JSON.stringify(sent.body))
  const response = await app.handle({
    method: sent.method ?? (raw === undefined ? 'GET' : 'POST'),
    path,
    query,
    headers: {
      ...(raw === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    body:
      raw === undefined
        ? null
        : once(typeof raw === 'string' ? new TextEncoder().encode(raw) : raw),
    signal: new AbortController().signal,
  })
  const text = await textOf(response.body)
  return {
    status: response.status,
    headers: new Map(response.headers.filter(([name]) => name !== 'set-cookie')),
    cookies: response.headers.filter(([name]) => name === 'set-cookie').map(([, value]) => value),
    text,
    json: isJson(response.headers) ? JSON.parse(text) : undefined,
  }
}

/** Calls a function with JSON arguments. */
export function call(
  app: App,
  fn: string,
  args: unknown = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<Received> {
  return send(app, '/api/mizan/call/', { body: { fn, args }, headers })
}

/** A logger that keeps what it was told. */
export function silentLogger(): {
  lines: string[]
  info(): void
  warn(f: unknown, m: string): void
  error(f: unknown, m: string): void
} {
  const lines: string[] = []
  const keep = (_facts: unknown, message: string): void => void lines.push(message)
  return { lines, info: () => undefined, warn: keep, error: keep }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes
}

async function textOf(
  body: string | Uint8Array | AsyncIterable<Uint8Array> | null,
): Promise<string> {
  if (body === null || typeof body === 'string') return body ?? ''
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) text += decoder.decode(chunk, { stream: true })
  return text + decoder.decode()
}

function isJson(headers: readonly (readonly [string, string])[]): boolean {
  return headers.some(([name, value]) => name === 'content-type' && value === 'application/json')
}

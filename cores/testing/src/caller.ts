/** A client in the process of the server: for tests of an application, with everything but the socket in between. */

import { type CallAnswer, parseError, textKindOf, toValueText } from '@mizan/protocol'
import type { App } from '@mizan/server'
import { CookieJar } from './cookie-jar.ts'
import { createInProcessFetch } from './in-process-fetch.ts'

/** One visitor. Cookies stay, so that who signed in remains signed in. */
export interface Caller {
  /**
   * Calls a function.
   *
   * @param fn wire name: `rename_item`
   * @param args JSON by wire name
   * @throws MizanError what the server answered
   */
  call(fn: string, args?: Readonly<Record<string, unknown>>): Promise<CallAnswer>
  /**
   * Fetches a context: wire name of a member → its JSON.
   *
   * @param params JSON by wire name; `undefined` is left out
   * @throws MizanError what the server answered
   */
  fetchContext(
    name: string,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<Readonly<Record<string, unknown>>>
  /** For a generated client, `createKernel({ fetch: caller.fetch })`, and for routes of your own. */
  readonly fetch: typeof fetch
}

/** Makes a visitor without cookies; two callers of one app are two people. */
export function createCaller(app: Pick<App, 'base' | 'artifact' | 'handle'>): Caller {
  const jar = new CookieJar()
  const send = createInProcessFetch(app)
  const visit: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}))
    if (jar.header !== undefined && !headers.has('cookie')) headers.set('cookie', jar.header)
    const response = await send(input, { ...init, headers })
    jar.keep(response.headers)
    return response
  }
  return {
    fetch: visit,
    async call(fn, args = {}) {
      const response = await visit(`${app.base}/call/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-mizan-artifact': app.artifact.digest },
        body: JSON.stringify({ fn, args }),
      })
      // cast: the shape of an answer to a call
      return (await readAnswer(response)) as CallAnswer
    },
    async fetchContext(name, params = {}) {
      const response = await visit(`${app.base}/ctx/${name}/?${toQuery(app, name, params)}`)
      // cast: the shape of an answer of a context
      return (await readAnswer(response)) as Readonly<Record<string, unknown>>
    },
  }
}

function toQuery(
  { artifact }: Pick<App, 'artifact'>,
  context: string,
  params: Readonly<Record<string, unknown>>,
): URLSearchParams {
  const declared = Object.hasOwn(artifact.contexts, context)
    ? (artifact.contexts[context]?.params ?? [])
    : []
  const kinds = new Map(
    declared.map(({ name, schema }) => [name, textKindOf(schema, artifact.$defs)]),
  )
  return new URLSearchParams(
    Object.entries(params)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, toValueText(value, kinds.get(name) ?? 'json')]),
  )
}

async function readAnswer(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw parseError(response.status, text)
  return JSON.parse(text) as unknown
}

/**
 * Speaks what Neon's proxy speaks, in front of a PostgreSQL: `POST /sql` with `{ query, params }` or `{ queries }`, the login in a
 * header, values as text. Neon itself cannot be reached from a test; its published driver is at the other end.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeServer } from '@mizan/testing/resources'
import pg from 'pg'

interface Statement {
  readonly query: string
  readonly params: unknown[]
}

/** The bridge, and the requests that it has answered. */
export interface NeonBridge extends AsyncDisposable {
  readonly endpoint: string
  readonly requests: readonly { readonly isolation: string | undefined; readonly size: number }[]
}

const asText = { getTypeParser: () => (text: string) => text }

/** @param target the database behind it; who logs in, each request says */
export async function neonBridge(target: string): Promise<NeonBridge> {
  const requests: { isolation: string | undefined; size: number }[] = []
  const server = await nodeServer((request, response) => {
    void answer(request, response)
  })
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await textOf(request)) as Statement | { queries: Statement[] } // cast: the driver wrote it
    const header = (name: string): string | undefined => request.headers[name]?.toString()
    const statements = 'queries' in body ? body.queries : [body]
    const isolation = header('neon-batch-isolation-level')
    requests.push({ isolation, size: statements.length })
    const { username, password } = new URL(header('neon-connection-string') ?? '')
    const login = target.replace(/^(\w+:\/\/)(?:[^@/]*@)?/, `$1${username}:${password}@`)
    const client = new pg.Client({ connectionString: login })
    client.on('error', () => undefined)
    const send = (status: number, given: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(given))
    }
    try {
      await client.connect()
      if (!('queries' in body)) return send(200, await run(client, body))
      const level = isolation?.replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      const access = header('neon-batch-read-only') === 'true' ? 'read only' : 'read write'
      await client.query(`begin ${level === undefined ? '' : `isolation level ${level} `}${access}`)
      const results: unknown[] = []
      for (const statement of statements) results.push(await run(client, statement))
      await client.query('commit')
      return send(200, { results })
    } catch (error) {
      const { message, code, detail, constraint, table, column, severity } =
        error as pg.DatabaseError // cast: of pg
      return send(400, { message, code, detail, constraint, table, column, severity })
    } finally {
      await client.end()
    }
  }
  return {
    endpoint: `${server.url}/sql`,
    requests,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

async function run(client: pg.Client, { query, params }: Statement): Promise<unknown> {
  const { command, rowCount, rows, fields } = await client.query<unknown[]>({
    text: query,
    values: params,
    rowMode: 'array',
    types: asText as never, // cast: the types of pg know no parser without its registry
  })
  return { command, rowCount: rowCount ?? 0, rows, fields, rowAsArray: true }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

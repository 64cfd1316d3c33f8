/** A studio over HTTP, as a browser would ask it: with the cookie, and with headers of the test's own. */

import { request } from 'node:http'

/** What was answered. */
export interface StudioAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** What is asked besides the path. */
export interface StudioAsk {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface StudioVisitor {
  readonly host: string
  /** With the cookie, unless the headers have another. */
  ask(path: string, options?: StudioAsk): Promise<StudioAnswer>
  /** Sends the form of Explain. */
  explain(sql: string, more?: Readonly<Record<string, string>>): Promise<StudioAnswer>
}

/** Enters with the URL that was printed. */
export async function visitStudio(url: string): Promise<StudioVisitor> {
  const { host, pathname, search } = new URL(url)
  const entered = await send(host, pathname + search, {})
  const [cookie = ''] = String(entered.headers['set-cookie'] ?? '').split(';')
  const ask = (path: string, options: StudioAsk = {}): Promise<StudioAnswer> =>
    send(host, path, { ...options, headers: { cookie, ...options.headers } })
  return {
    host,
    ask,
    explain: (sql, more = {}) =>
      ask('/explain', {
        method: 'POST',
        headers: {
          origin: `http://${host}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ sql, ...more }).toString(),
      }),
  }
}

function send(host: string, path: string, options: StudioAsk): Promise<StudioAnswer> {
  const [hostname, port] = host.split(':')
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {} } = options
    const asked = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => void (body += text))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      )
    })
    asked.once('error', reject)
    asked.end(options.body)
  })
}

/** One call and one read, as each protocol writes them. */

/** A request of the benchmark. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST'
  readonly target: string
  readonly body?: string
}

/** What a server is asked. */
export interface BenchRequests {
  readonly call: BenchRequest
  readonly read: BenchRequest
}

const args = { left: 2, right: 3 }
const query = '?left=2&right=3'

/** Of Mizan, and of what is written by hand instead. */
export const mizanRequests: BenchRequests = {
  call: {
    method: 'POST',
    target: '/api/mizan/call/',
    body: JSON.stringify({ fn: 'add', args }),
  },
  read: { method: 'GET', target: `/api/mizan/ctx/sum/${query}` },
}

export const trpcRequests: BenchRequests = {
  call: { method: 'POST', target: '/add', body: JSON.stringify(args) },
  read: { method: 'GET', target: `/sum?input=${encodeURIComponent(JSON.stringify(args))}` },
}

export const orpcRequests: BenchRequests = {
  call: { method: 'POST', target: '/add', body: JSON.stringify({ json: args }) },
  read: {
    method: 'GET',
    target: `/sum?data=${encodeURIComponent(JSON.stringify({ json: args }))}`,
  },
}

export const honoRequests: BenchRequests = {
  call: { method: 'POST', target: '/add', body: JSON.stringify(args) },
  read: { method: 'GET', target: `/sum${query}` },
}

/** The bytes of one HTTP/1.1 request. */
export function toBytes({ method, target, body = '' }: BenchRequest): string {
  const ofBody =
    body === ''
      ? []
      : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]
  return [`${method} ${target} HTTP/1.1`, 'host: localhost', ...ofBody, '', body].join('\r\n')
}

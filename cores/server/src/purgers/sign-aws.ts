/** AWS Signature Version 4, as far as one POST without a query needs it. */

import { createHash, createHmac } from 'node:crypto'

/** Keys of AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary ones. */
  readonly sessionToken?: string
}

/** What is signed. */
export interface AwsRequest {
  readonly url: string
  readonly body: string
  readonly service: string
  readonly region: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** The headers that make `request` one of these credentials. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export function signAws(request: AwsRequest, credentials: AwsCredentials): Record<string, string> {
  const { host, pathname } = new URL(request.url)
  const time = new Date(request.now).toISOString().replace(/[-:]|\.\d+/g, '')
  const day = time.slice(0, 8)
  const digest = sha256(request.body)
  const { sessionToken } = credentials
  const signed: [string, string][] = [
    ['host', host],
    ['x-amz-content-sha256', digest],
    ['x-amz-date', time],
    ...(sessionToken === undefined
      ? []
      : [['x-amz-security-token', sessionToken] as [string, string]]),
  ]
  const names = signed.map(([name]) => name).join(';')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  const canonical = ['POST', pathname, '', lines, names, digest].join('\n')
  const scope = `${day}/${request.region}/${request.service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const key = [day, request.region, request.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  return {
    // The connection writes the host itself.
    ...Object.fromEntries(signed.filter(([name]) => name !== 'host')),
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

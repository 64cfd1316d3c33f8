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
  /** @default '' */
  readonly contentType?: string
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
  const { contentType, service, region } = request
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  // In the order of their names.
  const signed = Object.entries({
    ...(contentType !== undefined && { 'content-type': contentType }),
    host,
    'x-amz-date': time,
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  })
  const names = signed.map(([name]) => name).join(';')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  // Every service but S3 encodes what the URL has encoded once more.
  const path = pathname.split('/').map(encodeSegment).join('/')
  const canonical = ['POST', path, '', lines, names, sha256(request.body)].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${secretAccessKey}`,
  )
  const signature = hmac(key, text).toString('hex')
  return {
    // The connection writes the host itself.
    ...Object.fromEntries(signed.filter(([name]) => name !== 'host')),
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

function encodeSegment(text: string): string {
  const toHex = (character: string): string =>
    `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/g, toHex)
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Signatures as the test suite of AWS publishes them (aws-sig-v4-test-suite), those of a POST without a query. */

import { expect, test } from 'vitest'
import { type AwsCredentials, type AwsRequest, signAws } from './sign-aws.ts'

const credentials: AwsCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const request: AwsRequest = {
  url: 'https://example.amazonaws.com/',
  body: '',
  service: 'service',
  region: 'us-east-1',
  now: Date.UTC(2015, 7, 30, 12, 36, 0),
}
const form = { contentType: 'application/x-www-form-urlencoded', body: 'Param1=value1' }
const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=='

test.each<[string, Partial<AwsRequest>, Partial<AwsCredentials>, string, string]>([
  [
    'post-vanilla',
    {},
    {},
    'host;x-amz-date',
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-sts-header-before',
    {},
    { sessionToken },
    'host;x-amz-date;x-amz-security-token',
    '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  ],
  [
    'post-x-www-form-urlencoded',
    form,
    {},
    'content-type;host;x-amz-date',
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
  [
    'post-x-www-form-urlencoded-parameters',
    { ...form, contentType: `${form.contentType}; charset=utf8` },
    {},
    'content-type;host;x-amz-date',
    '1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe',
  ],
])('%s', (_name, changes, other, names, signature) => {
  const headers = signAws({ ...request, ...changes }, { ...credentials, ...other })
  expect(headers).toEqual({
    ...(changes.contentType && { 'content-type': changes.contentType }),
    'x-amz-date': '20150830T123600Z',
    ...(other.sessionToken && { 'x-amz-security-token': sessionToken }),
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
  })
})

test('a signature covers what is sent, and when, and to where', () => {
  const signature = signAws(request, credentials)['authorization']
  for (const change of [
    { body: 'y' },
    { now: request.now + 1_000 },
    { url: 'https://example.amazonaws.com/b' },
    { url: 'https://example.com/' },
    { region: 'us-east-2' },
    { service: 'other' },
  ])
    expect(signAws({ ...request, ...change }, credentials)['authorization']).not.toBe(signature)
})

import { verifyPush } from '@mizan/protocol'
import { expect, test } from 'vitest'
import type { PurgeBatch, Purger } from '../index.ts'
import {
  createCloudflarePurger,
  createCloudFrontPurger,
  createFastlyPurger,
  createNetlifyPurger,
  createVarnishPurger,
  createVercelPurger,
  createWebhookPurger,
} from '../purgers.ts'
import { signAws } from './sign-aws.ts'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** A vendor that takes what it is sent, and answers with `answer`. */
function vendor(answer = '{"success":true}', status = 200) {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    expect(init?.redirect).toBe('error')
    const request = new Request(input, { ...init, signal: null })
    const { url, method, headers } = request
    sent.push({ url, method, headers: Object.fromEntries(headers), body: await request.text() })
    return new Response(answer, { status })
  }
  return { sent, fetch }
}

const groupOf = (index: number): string => index.toString(16).padStart(32, '0')
const batchOf = (count: number): PurgeBatch => ({
  targets: [{ context: 'news', params: { topic: 'a' } }],
  changed: [groupOf(99)],
  groups: Array.from({ length: count }, (_, index) => groupOf(index)),
})
const purge = (purger: Purger, count: number): Promise<void> =>
  purger.purge(batchOf(count), new AbortController().signal)
const [a, b] = [groupOf(0), groupOf(1)]
const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
const now = Date.UTC(2026, 10, 21, 12, 0, 0)
const secret = 'a-webhook-secret-of-at-least-32-bytes!'

type Make = (fetch: typeof globalThis.fetch) => Purger
const cases: readonly (readonly [string, Make, Partial<Sent>, number])[] = [
  [
    'Cloudflare',
    (fetch) => createCloudflarePurger({ zoneId: 'z1', apiToken: 'secret', fetch }),
    {
      url: 'https://api.cloudflare.com/client/v4/zones/z1/purge_cache',
      method: 'POST',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: `{"tags":["${a}","${b}"]}`,
    },
    100,
  ],
  [
    'Fastly',
    (fetch) => createFastlyPurger({ serviceId: 's1', apiToken: 'secret', fetch }),
    {
      url: 'https://api.fastly.com/service/s1/purge',
      method: 'POST',
      headers: { accept: 'application/json', 'fastly-key': 'secret', 'surrogate-key': `${a} ${b}` },
      body: '',
    },
    256,
  ],
  [
    'Netlify',
    (fetch) => createNetlifyPurger({ siteId: 'site', accessToken: 'secret', fetch }),
    {
      url: 'https://api.netlify.com/api/v1/purge',
      method: 'POST',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: `{"site_id":"site","cache_tags":["${a}","${b}"]}`,
    },
    100,
  ],
  [
    'Vercel',
    (fetch) => createVercelPurger({ project: 'p 1', team: 't', accessToken: 'secret', fetch }),
    {
      url: 'https://api.vercel.com/v1/edge-cache/dangerously-delete-by-tags?projectIdOrName=p+1&teamId=t',
      method: 'POST',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
      body: `{"tags":["${a}","${b}"],"target":"production"}`,
    },
    16,
  ],
  [
    'Varnish',
    (fetch) => createVarnishPurger({ urls: ['http://10.0.0.5:6081'], fetch }),
    {
      url: 'http://10.0.0.5:6081/',
      method: 'PURGE',
      headers: { 'xkey-purge': `${a} ${b}` },
      body: '',
    },
    200,
  ],
]

test.each(cases)(
  '%s is sent these bytes, in batches of its size',
  async (_, make, wanted, size) => {
    const { sent, fetch } = vendor()
    const purger = make(fetch)
    await purge(purger, 2)
    expect(sent).toEqual([{ ...wanted, headers: expect.objectContaining(wanted.headers) }])
    sent.length = 0
    await purge(purger, size * 2 + 1)
    expect(sent).toHaveLength(3)
    sent.length = 0
    await purge(purger, 0)
    expect(sent).toEqual([])
    const refusing = vendor('no right', 403)
    await expect(purge(make(refusing.fetch), 1)).rejects.toThrow(/ answered 403: no right$/)
  },
)

test('CloudFront is sent tags with a hash, signed', async () => {
  const { sent, fetch } = vendor('<Invalidation/>', 201)
  const options = { distributionId: 'E1', credentials: () => credentials, clock: () => now, fetch }
  const purger = createCloudFrontPurger(options)
  await purge(purger, 2)
  const [{ url, method, headers, body } = sent[0]!] = sent
  expect([method, url]).toEqual([
    'POST',
    'https://cloudfront.amazonaws.com/2020-05-31/distribution/E1/invalidation',
  ])
  expect(body).toMatch(
    new RegExp(
      `^<\\?xml version="1.0" encoding="UTF-8"\\?><InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Paths><Quantity>2</Quantity><Items><Path>#${a}</Path><Path>#${b}</Path></Items></Paths><CallerReference>${now}-[0-9a-f]{32}</CallerReference></InvalidationBatch>$`,
    ),
  )
  expect(headers).toMatchObject({
    'content-type': 'text/xml',
    'x-amz-date': '20261121T120000Z',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/us-east-1\/cloudfront\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    ),
  })
  sent.length = 0
  await purge(purger, 1_501)
  expect(sent).toHaveLength(2)
})

test('a signature covers what is sent, and when, and by whom', () => {
  const request = { url: 'https://example.com/a', body: 'x', service: 's', region: 'r', now }
  const signature = signAws(request, credentials)['authorization']
  expect(signAws(request, credentials)['authorization']).toBe(signature)
  for (const change of [
    { body: 'y' },
    { now: now + 1_000 },
    { url: 'https://example.com/b' },
    { region: 'q' },
  ])
    expect(signAws({ ...request, ...change }, credentials)['authorization']).not.toBe(signature)
  const temporary = signAws(request, { ...credentials, sessionToken: 't' })
  expect(temporary['x-amz-security-token']).toBe('t')
  expect(temporary['authorization']).toContain('x-amz-date;x-amz-security-token,')
})

test('a webhook is sent everything, signed', async () => {
  const { sent, fetch } = vendor('', 202)
  const purger = createWebhookPurger({
    url: 'https://hook.example/p',
    secret,
    clock: () => now,
    fetch,
  })
  await purge(purger, 1)
  const [{ body, headers } = sent[0]!] = sent
  expect(body).toBe(
    `{"invalidate":[{"context":"news","params":{"topic":"a"}}],"changed":["${groupOf(99)}"],"groups":["${a}"]}`,
  )
  const header = headers['x-mizan-signature'] ?? null
  expect(await verifyPush(secret, { header, body, now })).toBe('ok')
  expect(() => createWebhookPurger({ url: 'https://hook.example/', secret: 'short' })).toThrow(
    'at least 32 bytes',
  )
})

test('Cloudflare refuses with 200, too', async () => {
  const { fetch } = vendor('{"success":false,"errors":[]}')
  const purger = createCloudflarePurger({ zoneId: 'z', apiToken: 't', fetch })
  await expect(purge(purger, 1)).rejects.toThrow('cloudflare refused the purge')
})

test('every Varnish must have understood', async () => {
  const { sent, fetch } = vendor()
  const purger = createVarnishPurger({ urls: ['http://a.example/', 'http://b.example/'], fetch })
  await purge(purger, 1)
  expect(sent.map(({ url }) => url)).toEqual(['http://a.example/', 'http://b.example/'])
})

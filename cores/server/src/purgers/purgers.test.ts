import { verifyPush } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { type PurgeBatch, PurgeInterrupted, type Purger } from '../index.ts'
import {
  createCloudflarePurger,
  createCloudFrontPurger,
  createFastlyPurger,
  createNetlifyPurger,
  createVarnishPurger,
  createVercelPurger,
  createWebhookPurger,
} from '../purgers.ts'

interface Sent {
  readonly url: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string
}

/** A vendor that takes what it is sent, and answers with `answer`. */
function vendor(answer = '{"success":true}', status = 200, retryAfter = '') {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (input, init) => {
    expect(init?.redirect).toBe('error')
    const request = new Request(input, { ...init, signal: null })
    const { url, method, headers } = request
    sent.push({ url, method, headers: Object.fromEntries(headers), body: await request.text() })
    return new Response(answer, { status, headers: { 'retry-after': retryAfter } })
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
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20261121\/us-east-1\/cloudfront\/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=[0-9a-f]{64}$/,
    ),
  })
  sent.length = 0
  await purge(purger, 1_501)
  expect(sent).toHaveLength(2)
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

test('a vendor that is full says when to come back, and what it has done need not be said again', async () => {
  let requests = 0
  const full = vendor('slow down', 429, '7')
  const open = vendor()
  const fetch: typeof globalThis.fetch = (input, init) =>
    (requests++ < 2 ? open : full).fetch(input, init)
  const purger = createVercelPurger({ project: 'p', accessToken: 't', fetch })
  const error = await purge(purger, 40).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(PurgeInterrupted)
  expect(error).toMatchObject({
    message: 'api.vercel.com answered 429: slow down',
    done: batchOf(32).groups,
    retryAfter: 7_000,
  })
})

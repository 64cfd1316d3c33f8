import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { send, silentLogger } from '../../test/send.ts'
import { type App, client, collect, createApp, type Limits } from '../index.ts'

const echo = client({ name: 'echo' }, (text: string) => text)
const size = client({ name: 'size' }, (list: unknown[]) => list.length)

function appOf(limits: Limits = {}): App {
  return createApp({ functions: collect(echo, size), limits, logger: silentLogger() })
}

function post(app: App, raw: Uint8Array | string, encoding?: string) {
  const headers: Readonly<Record<string, string>> =
    encoding === undefined ? {} : { 'content-encoding': encoding }
  return send(app, '/api/mizan/call/', { raw, headers })
}

const fine = Buffer.from('{"fn":"echo","args":{"text":"x"}}')

test.each<[string, Uint8Array]>([
  ['gzip', gzipSync(fine)],
  ['x-gzip', gzipSync(fine)],
  ['GZIP', gzipSync(fine)],
  ['deflate', deflateSync(fine)],
  ['br', brotliCompressSync(fine)],
  ['identity', fine],
])('a body in %s is what it was before', async (encoding, raw) => {
  await using app = appOf()
  expect((await post(app, raw, encoding)).json).toEqual({ result: 'x' })
})

test.each<[string, Uint8Array | string, string, number, string]>([
  ['of another encoding', fine, 'zstd', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['of two encodings', gzipSync(gzipSync(fine)), 'gzip, gzip', 415, 'UNSUPPORTED_MEDIA_TYPE'],
  ['that is no gzip', fine, 'gzip', 400, 'BAD_REQUEST'],
  ['that is no brotli', fine, 'br', 400, 'BAD_REQUEST'],
  ['that is cut short', gzipSync(fine).subarray(0, 20), 'gzip', 400, 'BAD_REQUEST'],
  [
    'that is cut short in brotli',
    brotliCompressSync(fine).subarray(0, 9),
    'br',
    400,
    'BAD_REQUEST',
  ],
  ['that grows without end', gzipSync(Buffer.alloc(1e8)), 'gzip', 413, 'PAYLOAD_TOO_LARGE'],
  ['that grows in brotli', brotliCompressSync(Buffer.alloc(1e8)), 'br', 413, 'PAYLOAD_TOO_LARGE'],
  [
    'that shrinks to nothing',
    Buffer.concat(Array<Buffer>(60_000).fill(gzipSync(''))),
    'gzip',
    413,
    'PAYLOAD_TOO_LARGE',
  ],
])('a body %s is refused', async (_, raw, encoding, status, code) => {
  await using app = appOf()
  const answer = await post(app, raw, encoding)
  expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(`"${code}"`)])
})

test.each<[string, string]>([
  ['items', `[${'0,'.repeat(1_000)}0]`],
  ['keys', `[{${Array.from({ length: 1_000 }, (_, key) => `"k${key}":0`).join()}}]`],
  ['items on many levels', `[${'[0],'.repeat(600)}0]`],
])('%s are counted', async (_, list) => {
  await using narrow = appOf({ keys: 1_000 })
  await using wide = appOf({ keys: 1_300 })
  const raw = `{"fn":"size","args":{"list":${list}}}`
  expect((await post(narrow, raw)).status).toBe(400)
  expect((await post(wide, raw)).status).toBe(200)
})

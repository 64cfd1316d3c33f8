import { once } from 'node:events'
import { connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { mizan as forExpress } from '@mizan/express'
import { mizan as forFastify } from '@mizan/fastify'
import { mizan as forHono } from '@mizan/hono'
import { createFixtureApp } from '@mizan/testing/fixture'
import { nodeServer } from '@mizan/testing/resources'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, expect, test } from 'vitest'
import { mizan } from './mizan.ts'

// Answers say how long they may be kept: time stands still, so that all of them say the same.
const now = Date.now()
const app = createFixtureApp({ clock: () => now })
const onNode = await nodeServer(mizan(app))
const onExpress = await nodeServer(express().use(forExpress(app)))
const onHono = await nodeServer(getRequestListener(new Hono().use(forHono(app)).fetch))
const onFastify = fastify({ forceCloseConnections: true }).register(forFastify(app))
const urls = {
  node: onNode.url,
  express: onExpress.url,
  fastify: await onFastify.listen({ host: '127.0.0.1', port: 0 }),
  hono: onHono.url,
}
afterAll(async () => {
  await Promise.all([onNode, onExpress, onHono].map((server) => server[Symbol.asyncDispose]()))
  await onFastify.close()
  await app.close()
})

const json = 'Content-Type: application/json'

/** What a server adds for itself. */
const transport = new Set(['date', 'connection', 'keep-alive', 'x-powered-by'])

const call = '{"fn":"rename_item","args":{"item_id":5,"name":"Pen"}}'
const context = '/api/mizan/ctx/catalog/'
const catalog = await (await fetch(urls.node + context)).headers.get('etag')

type RawRequest = readonly [title: string, lines: readonly string[], body?: string]

const requests: readonly RawRequest[] = [
  ['a context', ['GET /api/mizan/ctx/item/?item_id=7 HTTP/1.1']],
  ['a context that has not changed', [`GET ${context} HTTP/1.1`, `If-None-Match: ${catalog}`]],
  ['the head of a context', [`HEAD ${context} HTTP/1.1`]],
  ['a context by QUERY', ['QUERY /api/mizan/ctx/item/ HTTP/1.1', json], '{"item_id":7}'],
  ['a param in another spelling', ['GET /api/mizan/ctx/item/?item_id=07 HTTP/1.1']],
  ['a call', ['POST /api/mizan/call/ HTTP/1.1', json], call],
  ['a call by its path', ['POST /api/mizan/call/echo/ HTTP/1.1', json], '{"text":"é"}'],
  ['an unknown function', ['POST /api/mizan/call/ HTTP/1.1', json], '{"fn":"nope","args":{}}'],
  ['a bad body', ['POST /api/mizan/call/ HTTP/1.1', json], '{'],
  ['no body', ['POST /api/mizan/call/ HTTP/1.1', json]],
  ['a wrong media type', ['POST /api/mizan/call/ HTTP/1.1', 'Content-Type: text/html'], call],
  ['a body that is too large', ['POST /api/mizan/call/ HTTP/1.1', json], 'x'.repeat(1_100_000)],
  ['a wrong method', ['DELETE /api/mizan/call/ HTTP/1.1']],
  ['a wrong argument', ['POST /api/mizan/call/echo/ HTTP/1.1', json], '{"text":5}'],
  ['a foreign page', ['POST /api/mizan/call/ HTTP/1.1', json, 'Sec-Fetch-Site: cross-site'], call],
  ['an unknown endpoint', ['GET /api/mizan/nope/ HTTP/1.1']],
  ['an encoded path', ['GET /api/mizan/ctx/%63atalog/ HTTP/1.1']],
  ['a page', ['GET /fixture/items/7/ HTTP/1.1']],
  ['a redirect', ['POST /fixture/items/7/rename/?name=Cup HTTP/1.1']],
]

test.for(requests)('every backend gives the same bytes for %s', async ([, lines, body]) => {
  const answers = await Promise.all(Object.values(urls).map((url) => send(url, lines, body)))
  const [first] = answers
  expect(first).toMatch(/^HTTP\/1\.1 \d+ /)
  expect(answers).toEqual(answers.map(() => first))
})

/** Sends the request as it stands and gives the answer without what the transport adds. */
async function send(url: string, lines: readonly string[], body = ''): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  const closed = once(socket, 'close')
  const length = `Content-Length: ${Buffer.byteLength(body)}`
  const head = [...lines, `Host: ${hostname}`, 'Connection: close', length]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  await closed
  const [start = '', ...rest] = Buffer.concat(chunks).toString('latin1').split('\r\n\r\n')
  const [status = '', ...headers] = start.split('\r\n')
  const kept = headers.filter((line) => !transport.has(line.split(':')[0]?.toLowerCase() ?? ''))
  return [status, ...kept.sort(), '', rest.join('\r\n\r\n')].join('\r\n')
}

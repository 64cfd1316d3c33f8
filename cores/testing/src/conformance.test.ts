import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { conformance, ConformanceError } from './conformance.ts'
import { createFixtureApp } from './fixture.ts'
import { createInProcessFetch } from './in-process-fetch.ts'
import { nodeServer } from './resources.ts'

test('every case passes on an app without a transport, all at the same time', async () => {
  await using app = createFixtureApp()
  const target = { url: 'http://localhost', fetch: createInProcessFetch(app) }
  await expect(
    Promise.all(conformance.map(({ run }) => run(target))).then(() => 'passed'),
  ).resolves.toBe('passed')
})

test('every rule is stated once', () => {
  const rules = conformance.map(({ section, rule }) => `${section}: ${rule}`)
  expect(new Set(rules).size).toBe(rules.length)
})

const wrongServers: readonly (readonly [string, RequestListener])[] = [
  ['answers nothing but 404', (_, response) => void response.writeHead(404).end()],
  ['answers everything with an empty object', (_, response) => void response.end('{}')],
  [
    'answers everything with an error',
    (_, response) =>
      void response.writeHead(500).end('{"error":{"code":"INTERNAL","id":"1","message":"no"}}'),
  ],
]

test.each(wrongServers)('no case passes on a server that %s', async (_, listener) => {
  await using server = await nodeServer(listener)
  const results = await Promise.allSettled(conformance.map(({ run }) => run(server)))
  const passed = conformance.filter((_, index) => results[index]?.status === 'fulfilled')
  expect(passed.map(({ rule }) => rule)).toEqual([])
})

test('a failure says what was sent, what was expected and what came', async () => {
  await using server = await nodeServer((_, response) => void response.end('{"result":6}'))
  const add = conformance.find(({ rule }) => rule.includes('destructured'))
  const failure = add?.run(server)
  await expect(failure).rejects.toThrow(ConformanceError)
  await expect(failure).rejects.toThrow(
    /POST \/api\/mizan\/call\/ .*"add".*\nexpected the body \{"result":5\}\ngot status 200/,
  )
})

import { expect, test } from 'vitest'
import { collect, createApp, definePlugin, type Plugin } from './index.ts'
import { send, silentLogger } from '../test/send.ts'

const app = (plugins: readonly Plugin[], health = {}) =>
  createApp({ functions: collect(), plugins, health, logger: silentLogger() })

test('a process that answers is alive, also before the start and while closing', async () => {
  const one = app([{ name: 'slow', start: () => new Promise(() => {}) }], { timeout: 10 })
  expect(one.owns('GET', '/health/live')).toBe(true)
  expect(await send(one, '/health/live')).toMatchObject({ status: 200, json: { status: 'ok' } })
  expect((await send(one, '/health/ready')).status).toBe(503)
})

test('ready is whoever has started, with plugins that are well', async () => {
  let isWell = true
  const one = app([{ name: 'db', health: () => isWell }])
  expect(await send(one, '/health/ready')).toMatchObject({ status: 200, json: { status: 'ok' } })
  isWell = false
  const ill = await send(one, '/health/ready')
  expect([ill.status, ill.text]).toEqual([503, '{"status":"unavailable"}'])
  await one.close()
  expect((await send(one, '/health/live')).status).toBe(200)
  expect((await send(one, '/health/ready')).status).toBe(503)
})

test('a plugin that throws or does not answer is ill; details are told only when asked for', async () => {
  const plugins: Plugin[] = [
    { name: 'throws', health: () => Promise.reject(new Error('the password is hunter2')) },
    { name: 'hangs', health: () => new Promise(() => {}) },
    { name: 'well', health: () => true },
  ]
  await using quiet = app(plugins, { timeout: 10 })
  expect((await send(quiet, '/health/ready')).text).toBe('{"status":"unavailable"}')
  await using open = app(plugins, { timeout: 10, details: true })
  expect((await send(open, '/health/ready')).json).toEqual({
    plugins: { throws: 'ill', hangs: 'timeout', well: 'ok' },
    status: 'unavailable',
  })
})

test('an app that cannot start is not ready, and says no more', async () => {
  const one = app([{ name: 'db', start: () => Promise.reject(new Error('hunter2')) }])
  expect((await send(one, '/health/ready')).text).toBe('{"status":"unavailable"}')
})

test('paths can be others, or none', async () => {
  await using other = app([], { live: '/healthz', ready: '/readyz' })
  expect([other.owns('GET', '/healthz'), other.owns('GET', '/health/live')]).toEqual([true, false])
  const none = createApp({ functions: collect(), health: false, logger: silentLogger() })
  expect(none.owns('GET', '/health/ready')).toBe(false)
})

test('a plugin that does not stop is not waited for', async () => {
  const logger = silentLogger()
  const stopped: string[] = []
  const one = createApp({
    functions: collect(),
    logger,
    limits: { stop: 10 },
    plugins: [
      { name: 'first', stop: () => void stopped.push('first') },
      { name: 'hangs', stop: () => new Promise(() => {}) },
    ],
  })
  await one.start()
  await one.close()
  expect(stopped).toEqual(['first'])
  expect(logger.lines).toContain('a plugin took too long to stop')
})

test('inspect tells what is there, and a plugin that cannot say so', async () => {
  await using one = app([
    { name: 'pool', inspect: () => ({ open: 3 }) },
    definePlugin({
      name: 'broken',
      dependsOn: ['pool'],
      inspect: () => {
        throw new Error('no')
      },
    }),
  ])
  expect((await one.inspect()).plugins).toEqual([
    { name: 'pool', dependsOn: [], state: { open: 3 } },
    { name: 'broken', dependsOn: ['pool'], error: 'no' },
  ])
})

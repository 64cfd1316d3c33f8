import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { manifest } from '../test/manifest.ts'
import type { DurableObjectNamespaceLike } from './platform.ts'
import { Purger } from './purger.ts'
import { VersionMemory } from './version-memory.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const contexts = new Map(Object.entries(manifest.contexts))
const memory = new VersionMemory({ maximumAge: 0, clock: Date.now })
const mutation = new Request('https://edge.example/api/mizan/call/', { method: 'POST' })
const changed = () => new Response('{}', { headers: { 'x-mizan-invalidate': 'news' } })

/** Objects that can be out of reach. */
function createNamespace() {
  const state = { isReachable: false, bumps: 0 }
  const namespace: DurableObjectNamespaceLike = {
    idFromName: () => ({}),
    get: () => ({
      async fetch() {
        if (!state.isReachable) throw new Error('out of reach')
        state.bumps += 1
        return Response.json({})
      },
    }),
  }
  return { state, namespace }
}

test('a purge is owed until it is done, however often it failed', async () => {
  const { state, namespace } = createNamespace()
  const purger = new Purger(contexts, memory)
  const options = { namespace, execution: { waitUntil: () => undefined } }
  expect(await purger.purge(mutation, changed(), options)).toBe('owed')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(purger.isDeferred).toBe(true)
  state.isReachable = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(state.bumps).toBe(0)
  // The next request goes on with it.
  purger.makeUp(options)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(purger.isDeferred).toBe(false)
  expect(state.bumps).toBe(1)
  expect(await purger.purge(mutation, changed(), options)).toBe('done')
})

test('one attempt at a time is under way', async () => {
  const { state, namespace } = createNamespace()
  const purger = new Purger(contexts, memory)
  const options = { namespace, execution: { waitUntil: vi.fn<() => void>() } }
  for (let count = 0; count < 3; count += 1) await purger.purge(mutation, changed(), options)
  expect(options.execution.waitUntil).toHaveBeenCalledTimes(1)
  state.isReachable = true
  await vi.advanceTimersByTimeAsync(1_000)
  expect(purger.isDeferred).toBe(false)
  expect(state.bumps).toBe(1)
})

/**
 * The promise of PROTOCOL section 6 on generated interleavings: two processes on one store, slow and failing runs, purges,
 * lost entries, processes that die, a store that is killed and comes back with an old snapshot; fast-check schedules each
 * step.
 */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ModelFaults, ModelRedis } from '../../test/model-redis.ts'
import { episode, type StoreStep } from '../../test/promise-plans.ts'
import { World, type WorldFaults } from '../../test/promise-world.ts'

const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 1_000_000 : 1_000

interface Faults extends ModelFaults, WorldFaults {}

/** Several callers, each with its own sequence of steps. */
function promise(faults: Faults, outcomes = new Map<string, number>()): fc.IAsyncProperty<unknown> {
  return fc.asyncProperty(
    fc.scheduler(),
    fc.array(fc.tuple(episode, fc.nat()), { minLength: 8, maxLength: 48 }),
    async (scheduler, episodes) => {
      const redis = new ModelRedis(faults)
      const turn = (): Promise<void> => scheduler.schedule(Promise.resolve())
      const world = new World({ turn, connect: (own) => redis.connect(own), faults })
      const changes: Record<StoreStep, (choice: number) => void> = {
        save: () => redis.save(),
        restart: () => redis.restart(),
        evict: (choice) => redis.evict(choice),
        fail: () => void (redis.down = 'all'),
        'fail purges': () => void (redis.down = 'purges'),
        heal: () => void (redis.down = 'nothing'),
      }
      const walks = [0, 1, 2, 3].map(async (caller) => {
        for (const [steps, choice] of episodes.filter((_, index) => index % 4 === caller)) {
          for (const step of steps) {
            const done = step.kind === 'store' ? { ...step, change: changes[step.name] } : step
            await world.take(done, choice)
          }
        }
      })
      await scheduler.waitFor(Promise.all(walks))
      redis.down = 'nothing'
      await scheduler.waitFor(world.settle())
      for (const [outcome, count] of world.outcomes)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count)
      expect(world.broken).toEqual([])
    },
  )
}

test(
  'a read that begins after an answered mutation returns nothing older, and nobody gets what is another’s',
  async () => {
    const outcomes = new Map<string, number>()
    await fc.assert(promise({}, outcomes), { numRuns: runs })
    // The property says something only if every way to an answer was taken.
    expect([...outcomes.keys()].sort()).toEqual([
      'bypass',
      'deferred',
      'died',
      'hit',
      'joined',
      'miss',
      'purged',
      'stale',
    ])
  },
  180_000 + runs * 20,
)

test.each<[string, Faults]>([
  ['versions do not say who gave them', { versionsWithoutRunId: true }],
  ['versions come from a replica', { versionsFromReplica: true }],
  ['a purge changes one tag of several', { purgesOnlyFirstTag: true }],
  ['a run reads before the versions that it is stored with', { readsBeforeVersions: true }],
  ['a mutation is answered before it has purged', { answersBeforePurge: true }],
  ['a deferred purge is answered as done', { forgetsDeferred: true }],
  ['what a dead process left is never swept', { neverSweeps: true }],
])('the property fails when %s', async (_rule, faults) => {
  // One seed: a fault that only a few histories show would now and then be missed.
  const settings = { numRuns: 3000, endOnFailure: true, seed: 42 }
  const { failed } = await fc.check(promise(faults), settings)
  expect(failed).toBe(true)
})

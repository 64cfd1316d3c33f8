import fc from 'fast-check'
import { it } from 'vitest'

import { createNotesApp } from '../test/interleaving/notes-app.ts'
import type { Step } from '../test/interleaving/page.ts'
import { type Plan, World } from '../test/interleaving/world.ts'

const runs = process.env['MIZAN_NIGHTLY'] ? 3_000 : 150

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['mount', 'mount', 'mount', 'unmount', 'load', 'loadAndGiveUp', 'refetch'] as const),
    ...(['write', 'write', 'write', 'revise', 'revise', 'remark', 'remark'] as const),
    ...(['borrow', 'refuse', 'blunder', 'invalidate', 'rewriteAll'] as const),
    ...(['clear', 'enter', 'leave'] as const),
    ...(['hydrate', 'hydrate', 'wander', 'rest', 'rest', 'rest'] as const),
  ),
  note: fc.constantFrom(1 as const, 2 as const),
})

const plan: fc.Arbitrary<Plan> = fc.record({
  pages: fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 2 }),
  isOneBrowser: fc.boolean(),
  ignoresAbort: fc.boolean(),
  hasSingleFlight: fc.boolean(),
  isOptimistic: fc.boolean(),
  hasTags: fc.boolean(),
  hasLive: fc.boolean(),
  keep: fc.constantFrom(0, 100),
  keepFor: fc.constantFrom(20, Infinity),
})

const truths = fc.constantFrom('declared' as const, 'observed' as const, 'mixed' as const)

it('any interleaving ends with what is shown equal to what the server has, and never goes back on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), plan, truths, async (scheduler, given, truth) => {
      const app = createNotesApp(truth)
      await app.start()
      const world = new World(scheduler, app, given)
      try {
        for (const [index, steps] of given.pages.entries()) world.pages[index]?.run(steps)
        await world.settle()
        for (const page of world.pages) await page.compare()
        for (const page of world.pages) page.unmountAll()
        await world.settle()
        for (const page of world.pages) page.compareLeft()
      } finally {
        for (const page of world.pages) page.close()
        await app.close()
      }
    }),
    { numRuns: runs },
  )
}, 600_000)

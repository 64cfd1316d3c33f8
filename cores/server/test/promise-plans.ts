/** What callers may do and what may befall the store, in proportions that find faults. */

import fc from 'fast-check'
import { type Kind, processes, type Step } from './promise-world.ts'

/** What befalls the store. */
export type StoreStep = 'save' | 'restart' | 'evict' | 'fail' | 'fail purges' | 'heal'
/** A step, the store's by name. */
export type Plan =
  | Exclude<Step, { kind: 'store' }>
  | { readonly kind: 'store'; readonly name: StoreStep }

const row = fc.constantFrom('a', 'b')
const which = fc.nat(processes - 1)
const read = fc.record({
  kind: fc.constant('read' as const),
  process: which,
  user: fc.constantFrom('ada', 'bob'),
  row,
  context: fc.constantFrom<Kind>('declared', 'observed'),
  slow: fc.constantFrom(0, 4, 12, -4),
})
const write = fc.record({
  kind: fc.constant('write' as const),
  process: which,
  row,
  scope: fc.constantFrom('broad' as const, 'partial' as const, 'full' as const),
  transaction: fc.boolean(),
})
const storeStep = (...names: StoreStep[]): fc.Arbitrary<Plan> =>
  fc.record({ kind: fc.constant('store' as const), name: fc.constantFrom(...names) })
const processStep = fc.record({
  kind: fc.constantFrom('die' as const, 'sweep' as const),
  process: which,
})
const single: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 10, arbitrary: read },
  { weight: 4, arbitrary: write },
  { weight: 2, arbitrary: processStep },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('time' as const) }) },
  {
    weight: 2,
    arbitrary: storeStep('save', 'restart', 'evict', 'fail', 'fail purges', 'heal'),
  },
)
/** Chance seldom tells this story: what was cached is saved, changed, and comes back. */
const story: fc.Arbitrary<Plan[]> = fc
  .tuple(read, write)
  .map(([one, change]) => [
    one,
    { ...one, slow: 0 },
    { kind: 'store', name: 'save' },
    { ...change, row: one.row },
    { kind: 'store', name: 'restart' },
    { ...one, slow: 0 },
  ])
/** Steps that one caller takes one after the other. */
export const episode: fc.Arbitrary<Plan[]> = fc.oneof(
  { weight: 12, arbitrary: single.map((plan) => [plan]) },
  { weight: 1, arbitrary: story },
)

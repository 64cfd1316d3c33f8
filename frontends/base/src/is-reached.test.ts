import { reaches } from '@mizan/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { searchContext, taskContext } from '../test/board-client.ts'
import { toAddress } from './address.ts'
import { isReached } from './is-reached.ts'
import type { InstanceAddress } from './address.ts'

const task = toAddress(taskContext, { taskId: 5 })

const reached = (address: InstanceAddress, params?: Readonly<Record<string, unknown>>): boolean =>
  isReached(address, { context: address.context, ...(params && { params }) })

describe('an instance', () => {
  it('is reached by targets whose params it has, as values or texts', () => {
    expect(reached(task, undefined)).toBe(true)
    expect(reached(task, { task_id: 5 })).toBe(true)
    expect(reached(task, { task_id: '5' })).toBe(true)
    expect(reached(task, { task_id: 6 })).toBe(false)
  })

  it('is reached whatever value a param has that it leaves absent', () => {
    expect(reached(task, { task_id: 5, locale: 'de' })).toBe(true)
    expect(reached(task, { constructor: 'de' })).toBe(true)
  })

  it('is reached by no target of another context', () => {
    expect(isReached(task, { context: 'search' })).toBe(false)
    expect(isReached(task, { context: 'search', params: { task_id: 5 } })).toBe(false)
  })

  it('is reached by the value of a param whose text has quotes', () => {
    const search = toAddress(searchContext, { text: 'a' })
    expect(reached(search, { text: 'a' })).toBe(true)
    expect(reached(search, { text: '"a"' })).toBe(true)
    expect(reached(search, { text: 'b' })).toBe(false)
    expect(reached(toAddress(searchContext, { text: null }), { text: null })).toBe(true)
  })

  it('is reached exactly when the protocol says so, for params of one JSON kind', () => {
    const value = fc.oneof(fc.integer({ min: 4, max: 6 }), fc.constantFrom('5', 'de', 'en'))
    const params = fc.dictionary(fc.constantFrom('task_id', 'locale', 'user_id'), value)
    fc.assert(
      fc.property(
        params,
        fc.option(fc.constantFrom('de', 'en'), { nil: undefined }),
        (target, locale) => {
          const address = toAddress(taskContext, { taskId: 5, locale })
          const expected = reaches({ context: 'task', params: target }, address.texts)
          expect(reached(address, target)).toBe(expected)
        },
      ),
    )
  })
})

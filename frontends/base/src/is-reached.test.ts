import { reaches } from '@mizan/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { searchContext, taskContext } from '../test/board-client.ts'
import { toAddress } from './address.ts'
import { isReached } from './is-reached.ts'

const task = toAddress(taskContext, { taskId: 5 })

describe('an instance', () => {
  it('is reached by targets whose params it has, as values or texts', () => {
    expect(isReached(task, undefined)).toBe(true)
    expect(isReached(task, { task_id: 5 })).toBe(true)
    expect(isReached(task, { task_id: '5' })).toBe(true)
    expect(isReached(task, { task_id: 6 })).toBe(false)
  })

  it('is reached whatever value a param has that it leaves absent', () => {
    expect(isReached(task, { task_id: 5, locale: 'de' })).toBe(true)
    expect(isReached(task, { constructor: 'de' })).toBe(true)
  })

  it('is reached by the value of a param whose text has quotes', () => {
    const search = toAddress(searchContext, { text: 'a' })
    expect(isReached(search, { text: 'a' })).toBe(true)
    expect(isReached(search, { text: '"a"' })).toBe(true)
    expect(isReached(search, { text: 'b' })).toBe(false)
    expect(isReached(toAddress(searchContext, { text: null }), { text: null })).toBe(true)
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
          expect(isReached(address, target)).toBe(expected)
        },
      ),
    )
  })
})

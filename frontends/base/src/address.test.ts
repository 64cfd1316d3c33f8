import { describe, expect, it } from 'vitest'

import { searchContext, taskContext } from '../test/board-client.ts'
import { toAddress } from './address.ts'

describe('an address', () => {
  it('equal params have one key, whatever object and order they come in', () => {
    const { key } = toAddress(taskContext, { taskId: 5, locale: 'de' })
    expect(toAddress(taskContext, { locale: 'de', taskId: 5 }).key).toBe(key)
    expect(key).toBe('0123456789abcdef/task?locale=de&task_id=5')
  })

  it('absent and undefined params are the same, and another value is another key', () => {
    const { key } = toAddress(taskContext, { taskId: 5 })
    expect(toAddress(taskContext, { taskId: 5, locale: undefined }).key).toBe(key)
    expect(toAddress(taskContext, { taskId: 5, locale: '' }).key).not.toBe(key)
  })

  it('another artifact is another key', () => {
    const newer = { ...taskContext, artifact: 'fedcba9876543210' }
    expect(toAddress(newer, { taskId: 5 }).key).not.toBe(toAddress(taskContext, { taskId: 5 }).key)
  })

  it('a param is encoded, then written in the text of its kind', () => {
    const since = new Date('2026-01-02T03:04:05.006Z')
    const { texts, query } = toAddress(searchContext, { text: 'a&b c', since })
    expect(texts).toEqual({ text: '"a&b c"', since: '2026-01-02T03:04:05.006Z' })
    expect(query).toBe('since=2026-01-02T03%3A04%3A05.006Z&text=%22a%26b%20c%22')
    expect(toAddress(searchContext, { text: null }).texts).toEqual({ text: 'null' })
  })

  it('a missing required param is a TypeError that names context and param', () => {
    const missing = { locale: 'de' } as unknown as { taskId: number }
    expect(() => toAddress(taskContext, missing)).toThrow(new TypeError('task: taskId is required'))
    expect(() => toAddress(taskContext, undefined)).toThrow(TypeError)
  })

  it('a value without a text is refused with the name of its param', () => {
    expect(() => toAddress(taskContext, { taskId: Number.NaN })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        message: 'task: taskId: NaN is not a JSON number',
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { share } from './share.ts'

const clone = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('share', () => {
  it('equal values are the previous one, whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const previous = clone(value)
        expect(share(previous, clone(value))).toBe(previous)
      }),
    )
    const previous = { a: 1, b: { c: 2 } }
    expect(share(previous, { b: { c: 2 }, a: 1 })).toBe(previous)
  })

  it('the result equals the next value, whatever the previous one was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (previous, next) => {
        expect(share(clone(previous), clone(next))).toEqual(clone(next))
      }),
    )
  })

  it('parts that did not change keep their identity', () => {
    const previous = { rows: [{ id: 1 }, { id: 2 }], total: 2 }
    const next = share(previous, { rows: [{ id: 1 }, { id: 3 }], total: 2 })
    expect(next).not.toBe(previous)
    expect((next as typeof previous).rows[0]).toBe(previous.rows[0])
  })

  it('a shorter list and a list in place of an object are changes', () => {
    expect(share([1, 2], [1])).toEqual([1])
    expect(share({ 0: 1 }, [1])).toEqual([1])
    expect(share([1], { 0: 1 })).toEqual({ 0: 1 })
  })
})

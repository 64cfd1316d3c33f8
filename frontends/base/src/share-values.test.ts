import { expect, it } from 'vitest'

import { shareValues } from './share-values.ts'

it('what is equal keeps its identity: objects, lists, dates, bytes, maps and sets', () => {
  const previous = {
    date: new Date(5),
    bytes: new Uint8Array([1, 2]),
    map: new Map([['a', { n: 1 }]]),
    set: new Set([1, 2]),
    list: [{ n: 1 }, { n: 2 }],
    gone: undefined,
  }
  expect(shareValues(previous, structuredClone(previous))).toBe(previous)
})

it('what differs is new, and what is beside it is not', () => {
  const previous = { date: new Date(5), list: [{ n: 1 }, { n: 2 }], map: new Map([['a', 1]]) }
  const next = { date: new Date(6), list: [{ n: 1 }, { n: 3 }], map: new Map([['a', 2]]) }
  const shared = shareValues(previous, next) as typeof previous
  expect(shared).toEqual(next)
  expect(shared.list[0]).toBe(previous.list[0])
  expect(shared.list[1]).not.toBe(previous.list[1])
  expect(shared.map).not.toBe(previous.map)
})

it('kinds are not confused', () => {
  expect(shareValues({ at: new Date(0) }, { at: {} })).toEqual({ at: {} })
  expect(shareValues([1], new Set([1]))).toEqual(new Set([1]))
  expect(shareValues({ a: undefined }, { b: undefined })).toEqual({ b: undefined })
  expect(shareValues(null, {})).toEqual({})
})

import type { JsonSchema } from '@mizan/protocol'
import { describe, expect, test } from 'vitest'
import { createCodec } from './codec.ts'

const date: JsonSchema = { type: 'string', format: 'date-time', 'x-mizan': 'date' }
const bigint: JsonSchema = { type: 'string', 'x-mizan': 'bigint' }
const setOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items, 'x-mizan': 'set' })
const objectOf = (
  properties: Record<string, JsonSchema>,
  required = Object.keys(properties),
): JsonSchema => ({ type: 'object', properties, required })

describe('encode', () => {
  test('what a type does not declare does not leave, at any depth', () => {
    const user = objectOf({ id: { type: 'integer' }, name: { type: 'string' } })
    const row = { id: 1, name: 'Ada', passwordHash: 'hunter2' }
    const seen = { id: 1, name: 'Ada' }
    const encode = (schema: JsonSchema, value: unknown): unknown =>
      createCodec(schema, { User: user }).encode(value)
    const named: JsonSchema = { $ref: '#/$defs/User' }
    expect(encode(user, row)).toEqual(seen)
    expect(encode({ type: 'array', items: named }, [row, row])).toEqual([seen, seen])
    expect(encode({ type: 'object', additionalProperties: named }, { a: row })).toEqual({ a: seen })
    expect(encode({ anyOf: [named, { type: 'null' }] }, row)).toEqual(seen)
    const pairs: JsonSchema = {
      'x-mizan': 'map',
      type: 'array',
      items: { type: 'array', prefixItems: [{ type: 'string' }, named], items: false },
    }
    expect(encode(pairs, new Map([['a', row]]))).toEqual([['a', seen]])
    expect(row).toHaveProperty('passwordHash')
  })

  test('an intersection declares what each of its parts does', () => {
    const schema: JsonSchema = {
      allOf: [objectOf({ at: { type: 'string', 'x-mizan': 'date' } }), objectOf({ id: {} })],
      required: ['id'],
    }
    const value = { at: new Date(0), id: 1, secret: 2 }
    const wire = { at: '1970-01-01T00:00:00.000Z', id: 1 }
    expect(createCodec(schema, {}).encode(value)).toEqual(wire)
  })

  test('of a union the member is taken that leaves least behind', () => {
    const schema: JsonSchema = {
      anyOf: [objectOf({ a: {} }), objectOf({ a: {}, b: {} }), objectOf({ a: {}, c: {} })],
    }
    const { encode } = createCodec(schema, {})
    expect(encode({ a: 1, b: 2, x: 3 })).toEqual({ a: 1, b: 2 })
    expect(encode({ a: 1, c: 2, x: 3 })).toEqual({ a: 1, c: 2 })
    expect(encode({ a: 1, x: 3 })).toEqual({ a: 1 })
  })

  test('what may have any name, and what has no type, leaves whole', () => {
    const value = { a: { b: [1, { c: 2 }] } }
    expect(createCodec({}, {}).encode(value)).toBe(value)
    expect(createCodec({ type: 'object' }, {}).encode(value)).toBe(value)
    const open: JsonSchema = { ...objectOf({ a: {} }), additionalProperties: { type: 'string' } }
    expect(createCodec(open, {}).encode({ ...value, more: 'x' })).toEqual({ ...value, more: 'x' })
  })

  test('what has another form is copied on the way, never changed', () => {
    const value = Object.freeze({ at: new Date(0), same: Object.freeze({ a: 1 }) })
    const encoded = createCodec(objectOf({ at: date, same: {} }), {}).encode(value) as Record<
      string,
      unknown
    >
    expect(encoded).toEqual({ at: '1970-01-01T00:00:00.000Z', same: { a: 1 } })
    expect(encoded['same']).toBe(value.same)
    expect(value.at).toEqual(new Date(0))
  })

  test('an object with a JSON form of its own is encoded in that form', () => {
    class Task {
      readonly #at = new Date(0)
      toJSON(): { at: Date } {
        return { at: this.#at }
      }
    }
    expect(createCodec(objectOf({ at: date }), {}).encode(new Task())).toEqual({
      at: '1970-01-01T00:00:00.000Z',
    })
  })

  test.each<[JsonSchema, unknown, string]>([
    [{ type: 'number' }, Number.NaN, 'the value must be a finite number, got NaN'],
    [
      objectOf({ items: { type: 'array', items: objectOf({ score: { type: 'number' } }) } }),
      { items: [{ score: 1 }, { score: Number.NaN }] },
      'items.1.score must be a finite number, got NaN',
    ],
    [
      objectOf({ at: date }),
      { at: new Date(Number.NaN) },
      'at must be a Date of the years 0 to 9999, got a Date',
    ],
    [
      objectOf({ at: date }),
      { at: '2020' },
      'at must be a Date of the years 0 to 9999, got "2020"',
    ],
    [setOf(bigint), new Set([1]), '0 must be a bigint, got 1'],
    [objectOf({ x: { anyOf: [date, bigint] } }), { x: 5 }, 'x fits no member of its union, got 5'],
    [
      objectOf({ x: { anyOf: [objectOf({ a: { type: 'number' } }), { type: 'null' }] } }),
      { x: { a: Number.NaN } },
      'x.a must be a finite number, got NaN',
    ],
  ])('%j has no form for %j and names the place', (schema, value, message) => {
    expect(() => createCodec(schema, {}).encode(value)).toThrow(new TypeError(message))
  })
})

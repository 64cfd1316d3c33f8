import { expect, expectTypeOf, test } from 'vitest'
import { defineError, type ErrorClass } from './define-error.ts'

test('an error class carries its code, status and typed data', () => {
  const OutOfStock = defineError<'OUT_OF_STOCK', { left: number }>('OUT_OF_STOCK', { status: 409 })
  const error = new OutOfStock({ left: 3 })
  expect(error).toMatchObject({
    code: 'OUT_OF_STOCK',
    status: 409,
    details: { left: 3 },
    message: 'OUT_OF_STOCK',
  })
  expectTypeOf(error.details).toEqualTypeOf<{ left: number }>()
  const Closed = defineError('CLOSED', { status: 410, message: 'come back tomorrow' })
  expect(new Closed().message).toBe('come back tomorrow')
  expectTypeOf([OutOfStock, Closed]).toExtend<readonly ErrorClass[]>()
})

test('codes of the protocol, odd codes and statuses that are no error are refused', () => {
  expect(() => defineError('NOT_FOUND', { status: 404 })).toThrow(/the protocol has this code/)
  expect(() => defineError('outOfStock', { status: 409 })).toThrow(/UPPER_SNAKE_CASE/)
  expect(() => defineError('FINE', { status: 200 })).toThrow(/400 to 599/)
})

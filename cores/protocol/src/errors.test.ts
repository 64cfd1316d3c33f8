import { expect, test } from 'vitest'
import { errorTable, MizanError, parseError } from './errors.ts'

test('the table is frozen, and an error takes its status from it', () => {
  expect(Object.isFrozen(errorTable)).toBe(true)
  expect(new MizanError('VALIDATION_FAILED', 'x').status).toBe(422)
  expect(new MizanError('UNAVAILABLE', 'x').retryable).toBe(true)
  expect(new MizanError('OUT_OF_STOCK', 'x', { status: 409 }).retryable).toBe(false)
})

test('all three forms of an error answer are read', () => {
  expect(parseError(404, '{"error":{"code":"NOT_FOUND","message":"No"}}')).toMatchObject({
    code: 'NOT_FOUND',
    status: 404,
    message: 'No',
  })
  expect(parseError(400, '{"error":true,"code":"BAD","message":"flat"}')).toMatchObject({
    code: 'BAD',
    status: 400,
    message: 'flat',
  })
  expect(parseError(502, '<html>')).toMatchObject({ code: 'HTTP_502', status: 502 })
  expect(parseError(500, 'null')).toMatchObject({ code: 'HTTP_500' })
})

import { expect, test } from 'vitest'
import { formats as checked } from '../../../cores/server/src/validate/formats.ts'
import { formats } from './tag-rules.ts'

test('the formats that a tag may name are those that the server checks', () => {
  expect(formats).toEqual([...checked.keys()].sort())
})

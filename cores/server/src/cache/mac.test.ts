import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createMac } from './mac.ts'

test('it is the HMAC-SHA256 of node:crypto, for keys and texts of any length', () => {
  const key = fc.uint8Array({ minLength: 0, maxLength: 200 })
  const text = fc.string({ unit: 'grapheme', maxLength: 300 })
  fc.assert(
    fc.property(key, fc.array(text, { minLength: 1, maxLength: 3 }), (bytes, texts) => {
      const mac = createMac(bytes)
      for (const one of texts) {
        for (const encoding of ['hex', 'base64url'] as const) {
          expect(mac(one, encoding)).toBe(createHmac('sha256', bytes).update(one).digest(encoding))
        }
      }
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JoinedText } from './joined-text.ts'

const piece = fc.constantFrom('', 'a', 'b', 'a,b', 'ä')

test('whatever is edited, the text is that of all pieces joined', () => {
  const edit = fc.record({ at: fc.nat(400), remove: fc.nat(200), add: fc.array(piece) })
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 0, maxLength: 300, size: 'max' }),
      fc.array(edit, { maxLength: 8 }),
      (first, edits) => {
        const text = new JoinedText()
        const pieces = [...first]
        for (const { at, remove, add } of [{ at: 0, remove: 0, add: [] }, ...edits]) {
          pieces.splice(at, remove, ...add)
          expect(text.join('functions', pieces, ',')).toBe(pieces.join(','))
        }
      },
    ),
  )
})

test('lists of one text are apart', () => {
  const text = new JoinedText()
  expect(text.join('contexts', ['a', 'b'], ',')).toBe('a,b')
  expect(text.join('functions', ['b'], ',')).toBe('b')
  expect(text.join('contexts', ['a', 'b'], ',')).toBe('a,b')
})

/** PROTOCOL section 2: calls that are repeated with an `Idempotency-Key`. */

import type { Section } from './conformance-case.ts'

export const repeats: Section = [
  '2 Repeated calls',
  [
    {
      rule: 'a call that is repeated with its key runs once and gets the same answer',
      async check(talk) {
        const key = { 'idempotency-key': `"${crypto.randomUUID()}"` }
        const first = await talk.call('restock', { item_id: 151, count: 1 }, key)
        first.hasStatus(200).hasHeader('x-mizan-invalidate', 'item;item_id=151')
        const again = await talk.call('restock', { item_id: 151, count: 1 }, key)
        again.isExactly(first.text).hasHeader('x-mizan-invalidate', 'item;item_id=151')
        const item = await talk.get('ctx/item/?item_id=151')
        item.expect(item.text.includes('"stock":11'), 'a stock of 11')
        const other = await talk.call('restock', { item_id: 151, count: 1 })
        other.expect(other.text !== first.text, 'another answer without the key')
      },
    },
    {
      rule: 'repeats at the same time run once',
      async check(talk) {
        const key = { 'idempotency-key': crypto.randomUUID() }
        const answers = await Promise.all(
          Array.from({ length: 5 }, () => talk.call('restock', { item_id: 152, count: 1 }, key)),
        )
        for (const answer of answers)
          if (answer.status !== 409)
            answer.hasStatus(200).expect(answer.text.includes(':11}'), 'a stock of 11')
      },
    },
    {
      rule: 'a key that was used for another call, and a text that is no key, are refused',
      async check(talk) {
        const key = { 'idempotency-key': crypto.randomUUID() }
        const first = await talk.call('restock', { item_id: 153, count: 1 }, key)
        first.hasStatus(200)
        const other = await talk.call('restock', { item_id: 153, count: 2 }, key)
        other.expect(other.status === 422 || other.status === 409, 'a refusal')
        const wrong = await talk.call(
          'restock',
          { item_id: 153, count: 1 },
          { 'idempotency-key': 'a b' },
        )
        wrong.isError(400, 'BAD_REQUEST')
      },
    },
    {
      rule: 'keys are of one caller',
      async check(talk) {
        const key = { 'idempotency-key': crypto.randomUUID() }
        const ada = await talk.another().signIn('ada')
        const bob = await talk.another().signIn('bob')
        const first = await ada.call('restock', { item_id: 154, count: 1 }, key)
        const second = await bob.call('restock', { item_id: 154, count: 1 }, key)
        second.hasStatus(200).expect(second.text !== first.text, 'an answer of its own')
      },
    },
  ],
]

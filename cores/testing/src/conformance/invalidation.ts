/** PROTOCOL section 5: invalidation. */

import type { Section } from './conformance-case.ts'

export const invalidation: Section = [
  '5 Invalidation',
  [
    {
      rule: 'an argument with the name of a param scopes the target, in body and header',
      async check(talk) {
        const answer = await talk.call('rename_item', { item_id: 111, name: 'x' })
        answer
          .isExactly('{"invalidate":[{"context":"item","params":{"item_id":111}}],"result":null}')
          .hasHeader('x-mizan-invalidate', 'item;item_id=111')
      },
    },
    {
      rule: 'without such an argument the target is broad: the name alone',
      async check(talk) {
        const signedIn = await talk.call('sign_in', { user: 'ada' })
        signedIn
          .isExactly('{"invalidate":["global"],"result":null}')
          .hasHeader('x-mizan-invalidate', 'global')
      },
    },
    {
      rule: 'a target may be one function of a context',
      async check(talk) {
        const answer = await talk.call('add_note', { item_id: 112, text: 'x' })
        answer
          .is({
            invalidate: [{ context: 'item', function: 'item_notes', params: { item_id: 112 } }],
            result: ['x'],
          })
          .hasHeader('x-mizan-invalidate', 'item.item_notes;item_id=112')
      },
    },
    {
      rule: 'what a function names itself stands instead of what would be derived',
      async check(talk) {
        const answer = await talk.call('swap_names', { first_id: 113, second_id: 114 })
        answer
          .is({
            invalidate: [
              { context: 'item', params: { item_id: 113 } },
              { context: 'item', params: { item_id: 114 } },
            ],
            result: null,
          })
          .hasHeader('x-mizan-invalidate', 'item;item_id=113, item;item_id=114')
      },
    },
    {
      rule: 'own reaches the instances of the caller',
      async check(talk) {
        const ada = await talk.another().signIn('ada')
        const answer = await ada.call('touch_account')
        answer
          .is({
            invalidate: [{ context: 'account', params: { user_id: 'ada' } }],
            result: 'ada',
          })
          .hasHeader('x-mizan-invalidate', 'account;user_id=ada')
      },
    },
    {
      rule: 'without targets there is neither header nor key',
      async check(talk) {
        const answer = await talk.call('echo', { text: 'x' })
        answer.isExactly('{"result":"x"}').hasHeader('x-mizan-invalidate', null)
      },
    },
    {
      rule: 'reads invalidate nothing',
      async check(talk) {
        const answer = await talk.get('ctx/item/?item_id=115')
        answer
          .is({ item: { id: 115, name: 'Item 115', stock: 10 }, item_notes: [] })
          .hasHeader('x-mizan-invalidate', null)
      },
    },
    {
      rule: 'an error before anything was committed invalidates nothing',
      async check(talk) {
        const answer = await talk.call('fail_after_invalidating', { item_id: 116 })
        answer.isError(500, 'INTERNAL')
        answer
          .hasHeader('x-mizan-invalidate', null)
          .expect(!answer.text.includes('invalidate'), 'no invalidate key')
        const success = await talk.call('rename_item', { item_id: 116, name: 'x' })
        success.hasHeader('x-mizan-invalidate', 'item;item_id=116')
      },
    },
    {
      rule: 'a view function that changes something says so in its header',
      async check(talk) {
        const answer = await talk.request('POST', '/fixture/items/117/rename/?name=Page')
        answer
          .hasStatus(303)
          .hasHeader('location', '/fixture/items/117/')
          .hasHeader('x-mizan-invalidate', 'item;item_id=117')
        const item = await talk.get('ctx/item/?item_id=117')
        item.expect(item.text.includes('"Page"'), 'the new name')
        const page = await talk.request('GET', '/fixture/items/117/')
        page.isExactly('<!doctype html><title>Page</title>').hasHeader('x-mizan-invalidate', null)
      },
    },
  ],
]

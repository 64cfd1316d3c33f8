/** PROTOCOL section 2: no HTTP cache on the way keeps anything. */

import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'

export const caching: Section = [
  '2 HTTP caches',
  [
    {
      rule: 'every response says Cache-Control: no-store and has no Vary',
      async check(talk) {
        for (const answer of await everyKindOfAnswer(talk)) {
          answer.hasHeader('cache-control', 'no-store').hasHeader('vary', null)
        }
      },
    },
    {
      rule: 'a read that begins after a mutation was answered sees it',
      async check(talk) {
        for (let round = 1; round <= 20; round++) {
          await talk.get('ctx/item/?item_id=107')
          const renamed = await talk.call('rename_item', { item_id: 107, name: `round ${round}` })
          renamed.hasStatus(200)
          const reads = [talk, talk.another(), talk.another()]
          for (const answer of await Promise.all(
            reads.map((reader) => reader.get('ctx/item/?item_id=107')),
          )) {
            answer.expect(answer.text.includes(`"round ${round}"`), `the name "round ${round}"`)
          }
        }
      },
    },
  ],
]

async function everyKindOfAnswer(talk: Talk): Promise<Answer[]> {
  const stale = await talk.get('ctx/catalog/')
  return [
    stale,
    await talk.get('ctx/catalog/', { 'if-none-match': stale.headers.get('etag') ?? '' }),
    await talk.request('HEAD', `${talk.base}/ctx/catalog/`),
    await talk.get('session/'),
    await talk.get('ctx/item/'),
    await talk.get('ctx/no_such_context/'),
    await talk.get('nope/'),
    await talk.get('call/'),
    await talk.call('echo', { text: 'x' }),
    await talk.call('rename_item', { item_id: 108, name: 'x' }),
    await talk.call('no_such_function'),
    await talk.call('crash'),
    await talk.call('staff_only'),
    await talk.call('echo', {}),
    await talk.call('nothing', {}, { 'sec-fetch-site': 'cross-site' }),
    await talk.post('call/', '{'),
    await talk.post('call/', 'x', { 'content-type': 'text/html' }),
    await talk.request('GET', '/fixture/items/108/'),
    await talk.request('POST', '/fixture/items/108/rename/?name=x'),
  ]
}

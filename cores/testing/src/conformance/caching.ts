/** PROTOCOL sections 2, 5, 6 and 9: no HTTP cache on the way keeps anything, and what the server keeps is never old or another's. */

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
    {
      rule: 'reads that were under way during a mutation leave nothing old behind',
      async check(talk) {
        for (let round = 1; round <= 10; round++) {
          const read = (): Promise<Answer> => talk.get('ctx/item/?item_id=109')
          const early = [read(), read(), read()]
          await talk.call('rename_item', { item_id: 109, name: `pass ${round}` })
          await Promise.all(early)
          const late = await read()
          late.expect(late.text.includes(`"pass ${round}"`), `the name "pass ${round}"`)
        }
      },
    },
    {
      rule: 'a scoped mutation reaches instances with further params, given or absent',
      async check(talk) {
        const reads = ['ctx/item/?item_id=110', 'ctx/item/?item_id=110&limit=1']
        for (const text of ['first', 'second']) {
          for (const read of reads) await talk.get(read)
          await talk.call('rename_item', { item_id: 110, name: text })
          for (const read of reads) {
            const answer = await talk.get(read)
            answer.expect(answer.text.includes(`"${text}"`), `the name "${text}"`)
          }
        }
      },
    },
    {
      rule: 'equal reads have equal bytes and an equal ETag, from the cache or not',
      async check(talk) {
        const first = await talk.get('ctx/catalog/')
        first.is({ catalog_size: 999 })
        first.expect(first.headers.has('etag'), 'an ETag')
        for (let round = 0; round < 3; round++) {
          const again = await talk.another().get('ctx/catalog/')
          again.isExactly(first.text).hasHeader('etag', first.headers.get('etag'))
        }
      },
    },
    {
      rule: 'what read the caller is nobody else’s',
      async check(talk) {
        const visitors = [
          ['ada', await talk.another().signIn('ada')],
          ['bob', await talk.another().signIn('bob')],
          [null, talk.another()],
        ] as const
        for (let round = 0; round < 3; round++) {
          const answers = await Promise.all(
            visitors.map(([, visitor]) => visitor.get('ctx/global/')),
          )
          for (const [index, answer] of answers.entries()) {
            answer.is({ current_user: visitors[index]?.[0] ?? null })
          }
        }
      },
    },
    {
      rule: 'an answer that anybody may be given says for how long, on what it depends and of which artifact it is',
      async check(talk) {
        for (let round = 0; round < 2; round++) {
          const answer = await talk.get('ctx/item/?item_id=118')
          const header = answer.headers.get('x-mizan-cache') ?? ''
          const grammar = /^public; ttl=\d+; tags=([^;\s]+); artifact=[0-9a-f]{1,64}$/
          const tags = (grammar.exec(header)?.[1] ?? '').split('+').map(decodeURIComponent)
          answer.expect(
            ['item', 'item;item_id=118', 'item;limit'].every((tag) => tags.includes(tag)),
            'X-Mizan-Cache: public; ttl=…; tags=item+item%3Bitem_id%3D118+item%3Blimit; artifact=…',
          )
        }
      },
    },
    {
      rule: 'an answer for one caller says that it is private, or nothing',
      async check(talk) {
        const stella = await talk.another().signIn('stella')
        const answers = [
          (await talk.get('ctx/global/')).is({ current_user: null }),
          (await talk.get('ctx/account/?user_id=ada')).is({ account_nickname: 'ad' }),
          (await stella.get('ctx/staff/')).is({ staff_report: 'numbers' }),
        ]
        for (const answer of answers) {
          const header = answer.headers.get('x-mizan-cache')
          answer.expect(header === null || header.startsWith('private; '), 'no public answer')
        }
      },
    },
    {
      rule: 'errors and mutations say nothing of keeping',
      async check(talk) {
        const [unknown, incomplete, renamed] = [
          await talk.get('ctx/item/?item_id=0'),
          await talk.get('ctx/item/'),
          await talk.call('rename_item', { item_id: 119, name: 'x' }),
        ]
        unknown.isError(404, 'NO_SUCH_ITEM')
        incomplete.isError(422, 'VALIDATION_FAILED')
        renamed.hasStatus(200)
        for (const answer of [unknown, incomplete, renamed]) {
          answer.hasHeader('x-mizan-cache', null)
        }
      },
    },
    {
      rule: 'a mutation names the groups that it ends (RFC 9875), of 32 hex digits each',
      async check(talk) {
        const groups = async (id: number): Promise<string | null> => {
          const answer = await talk.call('rename_item', { item_id: id, name: 'x' })
          const header = answer.headers.get('cache-group-invalidation')
          const isList = /^"[0-9a-f]{32}"(, "[0-9a-f]{32}")*$/.test(header ?? '')
          answer.expect(isList, 'Cache-Group-Invalidation: "<32 hex digits>", …')
          return header
        }
        const [one, same, other] = [await groups(120), await groups(120), await groups(121)]
        const failure = await talk.call('echo', { text: 'x' })
        failure.hasHeader('cache-group-invalidation', null)
        failure.expect(one === same && one !== other, 'the same groups for the same target')
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

/** PROTOCOL section 5: merge and single flight. */

import type { Section } from './conformance-case.ts'

const item160 = { id: 160, name: 'Ada', stock: 10 }

export const singleFlight: Section = [
  '5 Merge and single flight',
  [
    {
      rule: 'a mounted instance that a call made stale comes back as a GET answers it',
      async check(talk) {
        const answer = await talk.call(
          'rename_item',
          { item_id: 161, name: 'Ada' },
          { 'x-mizan-mounted': 'item;item_id=161, catalog, item;item_id=1' },
        )
        const get = await talk.get('ctx/item/?item_id=161')
        const { refreshed } = answer.hasStatus(200).json() as { refreshed?: { tags?: unknown }[] } // cast: looked at below
        const wanted = {
          context: 'item',
          params: { item_id: 161 },
          data: get.json(),
          etag: get.headers.get('etag'),
        }
        const [only, ...more] = refreshed ?? []
        const { tags: _, ...rest } = only ?? {}
        const fits = JSON.stringify(sorted(rest)) === JSON.stringify(sorted(wanted))
        answer.expect(fits && more.length === 0, `refreshed: [${JSON.stringify(wanted)}]`)
      },
    },
    {
      rule: 'who mounts nothing gets nothing, and a header that cannot be read fails no call',
      async check(talk) {
        for (const mounted of ['', 'item;;', 'x'.repeat(3_000), 'nobody;x=1', 'item;item_id=05']) {
          const answer = await talk.call(
            'rename_item',
            { item_id: 162, name: 'x' },
            { 'x-mizan-mounted': mounted },
          )
          answer.is({ invalidate: [{ context: 'item', params: { item_id: 162 } }], result: null })
        }
      },
    },
    {
      rule: 'what comes along is checked as a GET is: nobody gets what they may not read',
      async check(talk) {
        const answer = await talk.call(
          'reset_nothing',
          {},
          { 'x-mizan-mounted': 'staff, item;item_id=163' },
        )
        answer.isError(404, 'NOT_FOUND')
        const touched = await talk.call(
          'rename_item',
          { item_id: 163, name: 'x' },
          { 'x-mizan-mounted': 'staff, item;item_id=163' },
        )
        touched.hasStatus(200).expect(!touched.text.includes('numbers'), 'no report for staff')
      },
    },
    {
      rule: 'nothing comes along with a call that changes the session',
      async check(talk) {
        const answer = await talk
          .another()
          .call('sign_in', { user: 'ada' }, { 'x-mizan-mounted': 'global' })
        answer.is({ invalidate: ['global'], result: null })
      },
    },
    {
      rule: 'a result that is the new value of a member is merged where that is mounted',
      async check(talk) {
        const answer = await talk.call(
          'replace_item',
          { item_id: 160, name: 'Ada' },
          { 'x-mizan-mounted': 'item;item_id=160' },
        )
        const merge = [
          { context: 'item', data: item160, function: 'item', params: { item_id: 160 } },
        ]
        answer.is({ merge, result: item160 }).hasHeader('x-mizan-invalidate', 'item;item_id=160')
        const item = await talk.get('ctx/item/?item_id=160')
        item.is({ item: item160, item_notes: [] })
      },
    },
    {
      rule: 'where it is not mounted a merge is an invalidation',
      async check(talk) {
        const answer = await talk.call('replace_item', { item_id: 164, name: 'Ada' })
        answer.is({
          invalidate: [{ context: 'item', params: { item_id: 164 } }],
          result: { id: 164, name: 'Ada', stock: 10 },
        })
      },
    },
  ],
]

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

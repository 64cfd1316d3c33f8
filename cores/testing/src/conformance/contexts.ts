/** PROTOCOL section 2: contexts. */

import type { Section } from './conformance-case.ts'

export const contexts: Section = [
  '2 Contexts',
  [
    {
      rule: 'a context answers one flat object of its members, keys sorted, the same bytes each time',
      async check(talk) {
        const bytes = '{"item":{"id":101,"name":"Item 101","stock":10},"item_notes":[]}'
        const first = await talk.get('ctx/item/?item_id=101')
        first.isExactly(bytes).hasHeader('content-type', 'application/json')
        const second = await talk.get('ctx/item/?item_id=101')
        second.isExactly(bytes)
      },
    },
    {
      rule: 'each member receives only the params that it declares, defaults where there is none',
      async check(talk) {
        await talk.call('add_note', { item_id: 102, text: 'one' })
        await talk.call('add_note', { item_id: 102, text: 'two' })
        const all = await talk.get('ctx/item/?item_id=102')
        all.is({ item: { id: 102, name: 'Item 102', stock: 10 }, item_notes: ['one', 'two'] })
        const limited = await talk.get('ctx/item/?item_id=102&limit=1')
        limited.is({ item: { id: 102, name: 'Item 102', stock: 10 }, item_notes: ['one'] })
      },
    },
    {
      rule: 'a param of each kind arrives as its type',
      async check(talk) {
        const query = `count=-1.5&exact=true&word=${encodeURIComponent('é 5+')}&codes=${encodeURIComponent('[1,2]')}`
        const answer = await talk.get(`ctx/spelling/?${query}`)
        answer.is({ spelling: '[-1.5,true,"é 5+",[1,2]]' })
      },
    },
    {
      rule: 'a value has one spelling in a URL: every other one is BAD_REQUEST',
      async check(talk) {
        const wrong = [
          'count=05&exact=true',
          'count=1e1&exact=true',
          'count=%2B5&exact=true',
          'count=5.0&exact=true',
          'count=%205&exact=true',
          'count=0x10&exact=true',
          'count=-0&exact=true',
          'count=5&exact=TRUE',
          'count=5&exact=1',
          'count=five&exact=true',
          `count=5&exact=true&codes=${encodeURIComponent('[1, 2]')}`,
        ]
        for (const query of wrong) {
          const answer = await talk.get(`ctx/spelling/?${query}`)
          answer.isError(400, 'BAD_REQUEST')
        }
      },
    },
    {
      rule: 'a param given twice is BAD_REQUEST',
      async check(talk) {
        const answer = await talk.get('ctx/item/?item_id=5&item_id=5')
        answer.isError(400, 'BAD_REQUEST')
      },
    },
    {
      rule: 'a missing required param is VALIDATION_FAILED and names it',
      async check(talk) {
        const answer = await talk.get('ctx/item/')
        const { details } = answer.isError(422, 'VALIDATION_FAILED')
        answer.expect(JSON.stringify(details).includes('item_id'), 'details that name item_id')
      },
    },
    {
      rule: 'unknown params are ignored',
      async check(talk) {
        const answer = await talk.get('ctx/catalog/?whatever=1&whatever=2')
        answer.is({ catalog_size: 999 })
      },
    },
    {
      rule: 'one failing member fails the request and is named in details.fn',
      async check(talk) {
        const fine = await talk.get('ctx/fragile/?fail=false')
        fine.is({ fragile: 'whole', sturdy: 'fine' })
        const failed = await talk.get('ctx/fragile/?fail=true')
        const { details } = failed.isError(500, 'INTERNAL')
        failed.expect(JSON.stringify(details) === '{"fn":"fragile"}', 'details {"fn":"fragile"}')
      },
    },
    {
      rule: 'private functions and view functions are no members',
      async check(talk) {
        const answer = await talk.get('ctx/item/?item_id=103')
        answer.is({ item: { id: 103, name: 'Item 103', stock: 10 }, item_notes: [] })
      },
    },
    {
      rule: 'an unknown context is NOT_FOUND',
      async check(talk) {
        const answer = await talk.get('ctx/no_such_context/')
        answer.isError(404, 'NOT_FOUND')
      },
    },
    {
      rule: 'a missing trailing slash is accepted',
      async check(talk) {
        const answer = await talk.get('ctx/catalog')
        answer.isExactly('{"catalog_size":999}')
      },
    },
    {
      rule: 'HEAD answers as GET does, without the body',
      async check(talk) {
        const get = await talk.get('ctx/catalog/')
        get.isExactly('{"catalog_size":999}').expect(get.headers.has('etag'), 'an ETag')
        const head = await talk.request('HEAD', `${talk.base}/ctx/catalog/`)
        head
          .hasStatus(200)
          .hasHeader('etag', get.headers.get('etag'))
          .expect(head.text === '', 'no body')
      },
    },
    {
      rule: 'an ETag that is sent back, strong or weak, is answered 304 without a body',
      async check(talk) {
        const get = await talk.get('ctx/catalog/')
        const etag = get.headers.get('etag') ?? ''
        get.expect(/^(W\/)?"[^"]+"$/.test(etag), 'an ETag')
        for (const sent of [etag, `W/${etag.replace(/^W\//, '')}`, `"other", ${etag}`]) {
          const again = await talk.get('ctx/catalog/', { 'if-none-match': sent })
          again.hasStatus(304).expect(again.text === '', 'no body')
        }
        const other = await talk.get('ctx/catalog/', { 'if-none-match': '"other"' })
        other.isExactly('{"catalog_size":999}')
      },
    },
    {
      rule: 'QUERY takes the params as JSON and answers the same bytes as GET',
      async check(talk) {
        const get = await talk.get('ctx/item/?item_id=104')
        get.is({ item: { id: 104, name: 'Item 104', stock: 10 }, item_notes: [] })
        const options = {
          headers: { 'content-type': 'application/json' },
          body: '{"item_id":104}',
        }
        const query = await talk.request('QUERY', `${talk.base}/ctx/item/`, options)
        query.isExactly(get.text)
        const override = await talk.post('ctx/item/', '{"item_id":104}', {
          'x-http-method-override': 'QUERY',
        })
        override.isExactly(get.text)
      },
    },
    {
      rule: 'a POST that stands for QUERY is an unsafe request',
      async check(talk) {
        const answer = await talk.post('ctx/item/', '{"item_id":104}', {
          'x-http-method-override': 'QUERY',
          'sec-fetch-site': 'cross-site',
        })
        answer.isError(403, 'FORBIDDEN')
      },
    },
    {
      rule: 'methods that a context has no answer for are METHOD_NOT_ALLOWED',
      async check(talk) {
        for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
          const answer = await talk.request(method, `${talk.base}/ctx/catalog/`)
          answer.isError(405, 'METHOD_NOT_ALLOWED')
          answer.expect(/\bGET\b/.test(answer.headers.get('allow') ?? ''), 'GET in Allow')
        }
      },
    },
    {
      rule: 'a guarded context answers nobody else',
      async check(talk) {
        const stranger = await talk.get('ctx/staff/')
        stranger.isError(401, 'UNAUTHORIZED')
        const ada = await (await talk.another().signIn('ada')).get('ctx/staff/')
        ada.isError(403, 'FORBIDDEN')
        const stella = await (await talk.another().signIn('stella')).get('ctx/staff/')
        stella.is({ staff_report: 'numbers' })
        const again = await talk.get('ctx/staff/')
        again.isError(401, 'UNAUTHORIZED')
      },
    },
  ],
]

/** PROTOCOL section 2: calls. */

import type { Section } from './conformance-case.ts'

export const calls: Section = [
  '2 Calls',
  [
    {
      rule: 'a call by body and a call by path are the same call, byte for byte',
      async check(talk) {
        const byBody = await talk.post('call/', { fn: 'echo', args: { text: 'hé' } })
        byBody.isExactly('{"result":"hé"}').hasHeader('content-type', 'application/json')
        const byPath = await talk.post('call/echo/', { text: 'hé' })
        byPath.isExactly(byBody.text)
      },
    },
    {
      rule: 'a missing trailing slash is accepted',
      async check(talk) {
        const byBody = await talk.post('call', { fn: 'echo', args: { text: 'x' } })
        byBody.isExactly('{"result":"x"}')
        const byPath = await talk.post('call/echo', { text: 'x' })
        byPath.isExactly('{"result":"x"}')
      },
    },
    {
      rule: 'a void result is null',
      async check(talk) {
        const answer = await talk.call('nothing')
        answer.isExactly('{"result":null}')
      },
    },
    {
      rule: 'args may be left out where nothing is required',
      async check(talk) {
        const answer = await talk.post('call/', { fn: 'nothing' })
        answer.isExactly('{"result":null}')
      },
    },
    {
      rule: 'unknown, private, context and view functions answer the same 404 bytes',
      async check(talk) {
        const unknown = await talk.call('no_such_function', { item_id: 5 })
        unknown.isError(404, 'NOT_FOUND')
        for (const fn of [
          'restock_item',
          'item',
          'item_page',
          'rename_on_page',
          'x'.repeat(500),
          '',
        ]) {
          const answer = await talk.call(fn, { item_id: 5 })
          answer
            .hasStatus(404)
            .expect(answer.text === unknown.text, `the bytes of any unknown name: ${unknown.text}`)
        }
        for (const fn of ['no_such_function', 'restock_item', 'item']) {
          const answer = await talk.post(`call/${fn}/`, { item_id: 5 })
          answer
            .hasStatus(404)
            .expect(answer.text === unknown.text, `the bytes of any unknown name: ${unknown.text}`)
        }
      },
    },
    {
      rule: 'nothing is called by GET, HEAD or QUERY',
      async check(talk) {
        for (const method of ['GET', 'HEAD', 'QUERY', 'PUT', 'DELETE']) {
          const path = `${talk.base}/call/rename_item/?item_id=105&name=wrong`
          const answer = await talk.request(method, path)
          answer.hasStatus(405)
          answer.expect(/\bPOST\b/.test(answer.headers.get('allow') ?? ''), 'POST in Allow')
        }
        const item = await talk.get('ctx/item/?item_id=105')
        item.expect(item.text.includes('"Item 105"'), 'an item that was not renamed')
      },
    },
    {
      rule: 'a method override is no way around that',
      async check(talk) {
        const answer = await talk.request('GET', `${talk.base}/call/nothing/`, {
          headers: { 'x-http-method-override': 'POST' },
        })
        answer.isError(405, 'METHOD_NOT_ALLOWED')
      },
    },
    {
      rule: 'a body that is not JSON is BAD_REQUEST',
      async check(talk) {
        for (const body of ['', '{', '{"fn":"echo"', '\u0000', "{'fn':'echo'}"]) {
          const answer = await talk.post('call/', body)
          answer.isError(400, 'BAD_REQUEST')
        }
      },
    },
    {
      rule: 'a body that is no call is BAD_REQUEST',
      async check(talk) {
        const wrong = ['[]', 'null', '5', '"echo"', '{}', '{"fn":5}', '{"args":{}}']
        for (const body of [...wrong, '{"fn":"echo","args":[]}', '{"fn":"echo","args":null}']) {
          const answer = await talk.post('call/', body)
          answer.isError(400, 'BAD_REQUEST')
        }
      },
    },
    {
      rule: 'a body that is nested too deep is BAD_REQUEST, not a crash',
      async check(talk) {
        const deep = '['.repeat(50_000) + ']'.repeat(50_000)
        const answer = await talk.post('call/', `{"fn":"echo_record","args":{"record":${deep}}}`)
        answer.isError(400, 'BAD_REQUEST')
      },
    },
    {
      rule: 'a media type other than JSON is UNSUPPORTED_MEDIA_TYPE',
      async check(talk) {
        for (const type of ['application/xml', 'text/html', 'application/jsonp']) {
          const answer = await talk.post('call/', '{"fn":"nothing"}', { 'content-type': type })
          answer.isError(415, 'UNSUPPORTED_MEDIA_TYPE')
        }
        const charset = await talk.post('call/', '{"fn":"nothing"}', {
          'content-type': 'Application/JSON; charset=utf-8',
        })
        charset.isExactly('{"result":null}')
      },
    },
    {
      rule: 'a body above the limit is PAYLOAD_TOO_LARGE',
      async check(talk) {
        const text = 'x'.repeat(2 * 1024 * 1024)
        const answer = await talk.call('echo', { text })
        answer.isError(413, 'PAYLOAD_TOO_LARGE')
      },
    },
    {
      rule: 'validate/ checks arguments and runs nothing',
      async check(talk) {
        const fine = await talk.post('validate/rename_item/', { item_id: 106, name: 'wrong' })
        fine.hasStatus(200)
        const item = await talk.get('ctx/item/?item_id=106')
        item.expect(item.text.includes('"Item 106"'), 'an item that was not renamed')
        const wrong = await talk.post('validate/rename_item/', { item_id: 'five' })
        wrong.isError(422, 'VALIDATION_FAILED')
      },
    },
    {
      rule: 'a client of another artifact is told so instead of what confuses it',
      async check(talk) {
        const old = { 'x-mizan-artifact': '0000000000000000' }
        const gone = await talk.call('no_such_function', {}, old)
        gone.isError(409, 'CLIENT_OUTDATED')
        const fine = await talk.call('echo', { text: 'x' }, old)
        fine.is({ result: 'x' })
      },
    },
    {
      rule: 'pages of a trusted origin may call with cookies and read the headers of the protocol',
      async check(talk) {
        const origin = 'https://friend.example'
        const asked = await talk.request('OPTIONS', `${talk.base}/call/echo/`, {
          headers: { origin, 'access-control-request-method': 'POST' },
        })
        asked
          .hasStatus(204)
          .hasHeader('access-control-allow-origin', origin)
          .hasHeader('access-control-allow-methods', 'POST')
        const answer = await talk.call('echo', { text: 'x' }, { origin })
        answer
          .is({ result: 'x' })
          .hasHeader('access-control-allow-origin', origin)
          .hasHeader('access-control-allow-credentials', 'true')
          .hasHeader('vary', null)
        const exposed = answer.headers.get('access-control-expose-headers') ?? ''
        answer.expect(
          exposed.includes('x-mizan-invalidate'),
          'X-Mizan-Invalidate among the exposed',
        )
      },
    },
    {
      rule: 'pages of any other origin may neither call nor read',
      async check(talk) {
        for (const origin of ['https://evil.test', 'null', 'https://friend.example.evil.test']) {
          const asked = await talk.request('OPTIONS', `${talk.base}/call/echo/`, {
            headers: { origin, 'access-control-request-method': 'POST' },
          })
          asked.hasHeader('access-control-allow-origin', null)
          const read = await talk.get('ctx/catalog/', { origin })
          read.is({ catalog_size: 999 }).hasHeader('access-control-allow-origin', null)
          const call = await talk.call('echo', { text: 'x' }, { origin })
          call.isError(403, 'FORBIDDEN')
        }
      },
    },
    {
      rule: 'an endpoint that does not exist is NOT_FOUND',
      async check(talk) {
        for (const endpoint of ['', 'nope/', 'call/echo/more/', 'ctx/', 'ctx/item/more/']) {
          const answer = await talk.get(endpoint)
          answer.isError(404, 'NOT_FOUND')
        }
      },
    },
  ],
]

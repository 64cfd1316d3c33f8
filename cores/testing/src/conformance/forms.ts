/** PROTOCOL sections 2 and 7: forms of pages without a script. */

import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'

const page = '/fixture/order/'
const fine =
  'name=tea&count=5&express=on&tags=a&tags=b&lines[0][item]=7&lines[0][gift]=on&lines.1.item=8&until=2026-01-02'

export const forms: Section = [
  '2 Forms',
  [
    {
      rule: 'fields become what the types ask for, and a success leads back to the page',
      async check(talk) {
        const answer = await submit(talk, fine.replace('tea', 'milk'))
        answer.hasStatus(303).hasHeader('cache-control', 'no-store')
        answer.expect(pathOf(answer) === `${page}?from=menu`, `a redirect to ${page}?from=menu`)
        const last = await talk.call('order_of', { name: 'milk' })
        last.is({
          result:
            '["milk",5,true,["a","b"],[{"gift":true,"item":7},{"gift":false,"item":8}],"2026-01-02T00:00:00.000Z"]',
        })
      },
    },
    {
      rule: 'a success leads to the page that the form names, if that is here',
      async check(talk) {
        const there = await submit(talk, `${fine}&next=/thanks/?x=1`)
        there.expect(pathOf(there) === '/thanks/?x=1', 'a redirect to /thanks/?x=1')
        for (const next of [
          '//evil.test/',
          'https://evil.test/',
          '/\\evil.test/',
          'javascript:x',
        ]) {
          const answer = await submit(talk, `${fine}&next=${encodeURIComponent(next)}`)
          answer.hasStatus(303)
          answer.expect(
            pathOf(answer) === `${page}?from=menu`,
            'a redirect to the page of the form',
          )
        }
      },
    },
    {
      rule: 'what is wrong comes back to the page once, with what was typed',
      async check(talk) {
        const visitor = talk.another()
        const answer = await submit(visitor, 'name=tea&count=five')
        answer.hasStatus(303)
        answer.expect(pathOf(answer) === `${page}?from=menu`, 'a redirect to the page of the form')
        const shown = linesOf(await visitor.request('GET', page))
        const [, code, name, count, message = ''] = shown
        answer.expect(code === 'VALIDATION_FAILED', 'the code on the page')
        answer.expect(name === 'tea' && count === 'five', 'what was typed on the page')
        answer.expect(message !== '', 'a message beside count')
        const [, again] = linesOf(await visitor.request('GET', page))
        answer.expect(again === '', 'nothing of it the second time')
      },
    },
    {
      rule: 'an error of the application comes back as well',
      async check(talk) {
        const visitor = talk.another()
        const answer = await submit(visitor, fine.replace('tea', 'gold'))
        answer.hasStatus(303)
        const [, code] = linesOf(await visitor.request('GET', page))
        answer.expect(code === 'SOLD_OUT', 'the code on the page')
      },
    },
    {
      rule: 'without a page to go back to, the error is a page of its own',
      async check(talk) {
        const answer = await submit(talk, 'name=<b>x&count=<i>y', { referer: 'https://evil.test/' })
        answer.hasStatus(422).hasHeader('content-type', 'text/html; charset=utf-8')
        answer.expect(!answer.text.includes('<i>'), 'no markup of the visitor')
      },
    },
    {
      rule: 'who wants no page is answered in JSON',
      async check(talk) {
        const answer = await submit(talk, fine, { accept: 'application/json' })
        answer.is({ result: null })
        const wrong = await submit(talk, 'name=tea&count=five', { accept: '*/*' })
        wrong.isError(422, 'VALIDATION_FAILED')
      },
    },
    {
      rule: 'a form of a browser without its token is refused, whatever else it brings',
      async check(talk) {
        for (const fields of [fine, `${fine}&csrf=x`, `csrf=&${fine}`]) {
          const answer = await talk.request('POST', `${talk.base}/call/place_order/`, {
            headers: formHeaders(talk),
            body: fields,
          })
          answer.isError(403, 'FORBIDDEN')
        }
      },
    },
    {
      rule: 'the token of one visitor is worth nothing to another',
      async check(talk) {
        const token = await tokenOf(talk.another())
        const other = talk.another()
        await tokenOf(other)
        const answer = await other.request('POST', `${talk.base}/call/place_order/`, {
          headers: formHeaders(talk),
          body: `${fine}&csrf=${token}`,
        })
        answer.isError(403, 'FORBIDDEN')
      },
    },
    {
      rule: 'schema/ tells what a function takes, and of nothing else that it exists',
      async check(talk) {
        const answer = await talk.get('schema/place_order/')
        const schema = answer.hasStatus(200).json() as {
          readonly type?: string
          readonly properties?: Readonly<Record<string, unknown>>
          readonly required?: readonly string[]
        } // cast: looked at below
        const names = Object.keys(schema.properties ?? {})
          .sort()
          .join()
        answer.expect(names === 'count,express,lines,name,tags,until', 'the six arguments')
        answer.expect(schema.required?.includes('until') === false, 'that until may be left out')
        for (const fn of ['no_such_function', 'restock_item', 'item']) {
          const none = await talk.get(`schema/${fn}/`)
          none.isError(404, 'NOT_FOUND')
        }
      },
    },
    {
      rule: 'validate/ checks the fields of a form as well, and runs nothing',
      async check(talk) {
        const headers = { 'content-type': 'application/x-www-form-urlencoded' }
        const path = `${talk.base}/validate/place_order/`
        const right = await talk.request('POST', path, { headers, body: fine })
        right.is({ result: null })
        const wrong = await talk.request('POST', path, { headers, body: 'name=tea&count=five' })
        wrong.isError(422, 'VALIDATION_FAILED')
      },
    },
    {
      rule: 'a redirect leads nobody away by what a visitor has put into it',
      async check(talk) {
        const here = await talk.request('GET', '/fixture/go/?to=%2Fthere%2F')
        here.hasStatus(303).hasHeader('location', '/there/')
        for (const to of [
          '//evil.test',
          'https://evil.test',
          '/\\evil.test',
          'javascript:x',
          '/\r\nx:y',
        ]) {
          const answer = await talk.request('GET', `/fixture/go/?to=${encodeURIComponent(to)}`)
          answer.isError(400, 'BAD_REQUEST')
        }
      },
    },
    {
      rule: 'a route answers its methods, HEAD with GET, and no others',
      async check(talk) {
        const head = await talk.request('HEAD', '/fixture/items/150/')
        head.hasStatus(200).expect(head.text === '', 'no body')
        const post = await talk.request('POST', '/fixture/items/150/rename/?name=x')
        post.hasStatus(303)
        const get = await talk.request('GET', '/fixture/items/150/rename/?name=x')
        get.expect(get.status === 404 || get.status === 405, 'no answer to GET')
        const wrong = await talk.request('GET', '/fixture/items/five/')
        wrong.isError(400, 'BAD_REQUEST')
        const missing = await talk.request('GET', '/fixture/items/9999/')
        missing.isError(404, 'NO_SUCH_ITEM')
      },
    },
  ],
]

function formHeaders(talk: Talk): Record<string, string> {
  return {
    accept: 'text/html',
    'content-type': 'application/x-www-form-urlencoded',
    referer: `${talk.url}${page}?from=menu`,
    'sec-fetch-site': 'same-origin',
  }
}

async function submit(
  talk: Talk,
  fields: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const token = await tokenOf(talk)
  return talk.request('POST', `${talk.base}/call/place_order/`, {
    headers: { ...formHeaders(talk), ...headers },
    body: `csrf=${token}&${fields}`,
  })
}

async function tokenOf(talk: Talk): Promise<string> {
  const [token = ''] = linesOf(await talk.request('GET', page))
  return token
}

function linesOf(answer: Answer): string[] {
  const [, text = ''] = /<pre>([^]*)<\/pre>/.exec(answer.hasStatus(200).text) ?? []
  return text.split('\n')
}

function pathOf(answer: Answer): string {
  const { pathname, search } = new URL(answer.headers.get('location') ?? '', 'http://localhost')
  return pathname + search
}

/** Input that means harm, through every door: coded errors, and a server that goes on. */

import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'

const names = ['__proto__', 'constructor', 'prototype', 'toString'] as const

export const hostile: Section = [
  '4 Hostile input',
  [
    {
      rule: 'keys of prototypes pollute nothing, in JSON, a query, a form, multipart or a header',
      async check(talk) {
        for (const name of names) {
          await talk.post(
            'call/',
            `{"fn":"echo","args":{"${name}":{"polluted":true},"text":"x"},"${name}":1}`,
          )
          await talk.post(`call/echo_record/`, `{"record":{"${name}":{"polluted":true}}}`)
          await talk.get(`ctx/spelling/?count=1&exact=true&${name}=1&${name}[polluted]=1`)
          await talk.request('POST', `${talk.base}/call/place_order/`, {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: `${name}[polluted]=1&${name}.polluted=1&name=x&count=1&lines[0][${name}][polluted]=1`,
          })
          const form = new FormData()
          form.append('args', `{"${name}":{"polluted":null},"label":"x","file":null}`)
          form.append(`/${name}/polluted`, new File(['x'], 'x'))
          form.append(name, 'x')
          await talk.request('POST', `${talk.base}/call/receive_file/`, { body: form })
          await talk.call('echo', { text: 'x' }, { 'x-mizan-mounted': `item;${name}=1, ${name}` })
        }
        await goesOn(talk)
      },
    },
    {
      rule: 'a hundred thousand levels are BAD_REQUEST, wherever they stand',
      async check(talk) {
        const deep = '['.repeat(100_000) + ']'.repeat(100_000)
        const bodies = [
          deep,
          `{"fn":"echo_record","args":{"record":${deep}}}`,
          `{"fn":"echo","args":${deep}}`,
        ]
        for (const body of bodies) {
          const answer = await talk.post('call/', body)
          answer.isError(400, 'BAD_REQUEST')
        }
        const objects = await talk.post(
          'call/',
          '{"a":'.repeat(100_000) + '1' + '}'.repeat(100_000),
        )
        objects.isError(400, 'BAD_REQUEST')
        const field = await talk.request('POST', `${talk.base}/call/place_order/`, {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `a${'[b]'.repeat(100_000)}=1`,
        })
        field.isError(400, 'BAD_REQUEST')
        const form = new FormData()
        form.append('args', deep)
        const part = await talk.request('POST', `${talk.base}/call/receive_file/`, { body: form })
        part.isError(400, 'BAD_REQUEST')
        await goesOn(talk)
      },
    },
    {
      rule: 'a million keys, and ten megabytes, are refused',
      async check(talk) {
        const keys = `{${Array.from({ length: 1_000_000 }, (_, key) => `"${key}":0`).join()}}`
        const answer = await talk.post('call/echo_record/', `{"record":${keys}}`)
        answer.isError(413, 'PAYLOAD_TOO_LARGE')
        const items = await talk.post(
          'call/echo_record/',
          `{"record":{"a":[${'0,'.repeat(400_000)}0]}}`,
        )
        items.isError(400, 'BAD_REQUEST')
        const fields = await talk.request('POST', `${talk.base}/call/place_order/`, {
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: 'a&'.repeat(400_000),
        })
        fields.isError(400, 'BAD_REQUEST')
        const text = await talk.post(
          'call/',
          `{"fn":"echo","args":{"text":"${'x'.repeat(10_000_000)}"}}`,
        )
        text.isError(413, 'PAYLOAD_TOO_LARGE')
        await goesOn(talk)
      },
    },
    {
      rule: 'a compressed body is read, and one that grows without end is refused',
      async check(talk) {
        for (const encoding of ['gzip', 'deflate'] as const) {
          const fine = await compressed(talk, encoding, '{"fn":"echo","args":{"text":"x"}}')
          fine.isExactly('{"result":"x"}')
          const bomb = await compressed(talk, encoding, ' '.repeat(8_000_000))
          bomb.isError(413, 'PAYLOAD_TOO_LARGE')
        }
        const broken = await talk.post('call/', '{"fn":"nothing"}', { 'content-encoding': 'gzip' })
        broken.isError(400, 'BAD_REQUEST')
        const unknown = await talk.post('call/', '{"fn":"nothing"}', { 'content-encoding': 'lzma' })
        unknown.isError(415, 'UNSUPPORTED_MEDIA_TYPE')
        await goesOn(talk)
      },
    },
    {
      rule: 'a line break in a name, a param or an argument makes no header',
      async check(talk) {
        const text = 'x\r\nx-injected: yes\r\n\r\n<html>'
        const encoded = encodeURIComponent(text)
        const answers = [
          await talk.get(`ctx/spelling/?count=1&exact=true&word=${encoded}`),
          await talk.call('echo', { text }),
          await talk.call(text, {}),
          await talk.call('rename_item', { item_id: 170, name: text }),
          await talk.get(`ctx/${encoded}/`),
          await talk.post(`call/${encoded}/`, {}),
          await talk.request('GET', `/fixture/items/${encoded}/`),
        ]
        for (const answer of answers)
          answer.hasHeader('x-injected', null).expect(answer.status < 500, 'a status below 500')
        await goesOn(talk)
      },
    },
    {
      rule: 'an argument of another type is VALIDATION_FAILED, whatever its type is',
      async check(talk) {
        const wrong: readonly unknown[] = [
          null,
          true,
          5,
          '',
          [],
          {},
          [[]],
          { length: 1 },
          { toString: 1 },
        ]
        for (const value of wrong.filter((item) => typeof item !== 'string')) {
          const answer = await talk.call('echo', { text: value })
          answer.isError(422, 'VALIDATION_FAILED')
        }
        for (const value of wrong.filter((item) => typeof item !== 'number')) {
          const answer = await talk.call('rename_item', { item_id: value, name: 'x' })
          answer.isError(422, 'VALIDATION_FAILED')
        }
        await goesOn(talk)
      },
    },
  ],
]

/** Nothing was added to every object, and the server still answers. */
async function goesOn(talk: Talk): Promise<void> {
  const polluted = await talk.call('is_polluted')
  polluted.is({ result: false })
}

async function compressed(
  talk: Talk,
  encoding: 'gzip' | 'deflate',
  text: string,
): ReturnType<Talk['request']> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream(encoding))
  const body = new Uint8Array(await new Response(stream).arrayBuffer())
  return talk.request('POST', `${talk.base}/call/`, {
    headers: { 'content-type': 'application/json', 'content-encoding': encoding },
    body,
  })
}

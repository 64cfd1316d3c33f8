/** PROTOCOL section 3: files. */

import type { Answer } from './answer.ts'
import type { Section } from './conformance-case.ts'
import type { Talk } from './talk.ts'

export const uploads: Section = [
  '3 Files',
  [
    {
      rule: 'a file is a part named by its JSON Pointer, with null at that place in args',
      async check(talk) {
        const answer = await send(talk, 'receive_file', { label: 'x', file: null }, [
          ['/file', new File(['abc'], 'é.txt', { type: 'text/plain' })],
        ])
        const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
        answer.is({
          result: { label: 'x', file: { name: 'é.txt', type: 'text/plain', size: 3, digest } },
        })
      },
    },
    {
      rule: 'files of any size arrive byte for byte',
      async check(talk) {
        for (const size of [0, 1, 65_537, 1_500_000]) {
          const bytes = new Uint8Array(size).map((_, index) => (index * 31) % 251)
          const answer = await send(talk, 'receive_file', { label: 'x', file: null }, [
            ['/file', new File([bytes], 'bytes', { type: 'application/octet-stream' })],
          ])
          const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
          const digest = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
          answer.hasStatus(200).expect(answer.text.includes(digest), `the digest ${digest}`)
        }
      },
    },
    {
      rule: 'files stand in their places deep in an argument, in whatever order they come',
      async check(talk) {
        const album = { title: 't', photos: [null, null] }
        const answer = await send(talk, 'receive_album', { album }, [
          ['/album/photos/1', new File(['b'], 'b.png', { type: 'image/png' })],
          ['/album/photos/0', new File(['a'], 'a.txt', { type: 'text/plain' })],
        ])
        const { result } = answer.hasStatus(200).json() as { result: { name: string }[] } // cast: what the fixture answers
        answer.expect(result.map(({ name }) => name).join() === 'a.txt,b.png', 'a.txt, then b.png')
      },
    },
    {
      rule: 'a file that is too large, one too many, or of another type is refused',
      async check(talk) {
        const photo = (text: string, type: string): File => new File([text], 'x', { type })
        const sendAlbum = (files: readonly File[]): Promise<Answer> =>
          send(
            talk,
            'receive_album',
            { album: { title: 't', photos: files.map(() => null) } },
            files.map((file, index) => [`/album/photos/${index}`, file]),
          )
        const large = await sendAlbum([photo('x'.repeat(1_001), 'text/plain')])
        large.isError(413, 'PAYLOAD_TOO_LARGE')
        const many = await sendAlbum(Array.from({ length: 4 }, () => photo('x', 'text/plain')))
        many.isError(413, 'PAYLOAD_TOO_LARGE')
        const other = await sendAlbum([photo('x', 'application/pdf')])
        other.isError(415, 'UNSUPPORTED_MEDIA_TYPE')
        const fine = await sendAlbum([photo('x'.repeat(1_000), 'image/gif')])
        fine.hasStatus(200)
      },
    },
    {
      rule: 'a file where none belongs, and none where one belongs, are refused',
      async check(talk) {
        const file = new File(['x'], 'x')
        const args = { label: 'x', file: null }
        for (const pointer of ['/nowhere', '/label', 'file', '/__proto__/x', '/file/x', '/']) {
          const answer = await send(talk, 'receive_file', args, [[pointer, file]])
          answer.isError(400, 'BAD_REQUEST')
        }
        const missing = await send(talk, 'receive_file', args, [])
        missing.isError(422, 'VALIDATION_FAILED')
        const json = await talk.call('receive_file', { label: 'x', file: 'x' })
        json.isError(422, 'VALIDATION_FAILED')
        const none = await send(talk, 'echo', { text: null }, [['/text', file]])
        none.isError(413, 'PAYLOAD_TOO_LARGE')
      },
    },
    {
      rule: 'a body that is no multipart is BAD_REQUEST',
      async check(talk) {
        for (const [type, body] of [
          ['multipart/form-data', 'x'],
          [
            'multipart/form-data; boundary=x',
            '--x\r\nContent-Disposition: form-data; name="args"\r\n\r\n{',
          ],
          ['multipart/form-data; boundary=x', ''],
        ] as const) {
          const answer = await talk.request('POST', `${talk.base}/call/receive_file/`, {
            headers: { 'content-type': type },
            body,
          })
          answer.isError(400, 'BAD_REQUEST')
        }
      },
    },
    {
      rule: 'of a browser, what a form of another site could send needs the token, or a header that no form has',
      async check(talk) {
        const browser = { 'sec-fetch-site': 'same-origin' }
        const args = { label: 'x', file: null }
        const parts = [['/file', new File(['x'], 'x')]] as const
        const without = await send(talk, 'receive_file', args, parts, browser)
        without.isError(403, 'FORBIDDEN')
        const scripted = await send(talk, 'receive_file', args, parts, {
          ...browser,
          'x-mizan-artifact': 'any',
        })
        scripted.hasStatus(200)
        const foreign = await send(talk, 'receive_file', args, parts, {
          'sec-fetch-site': 'cross-site',
          'x-mizan-artifact': 'any',
        })
        foreign.isError(403, 'FORBIDDEN')
      },
    },
  ],
]

// oxlint-disable-next-line max-params -- a call, its files and its headers
async function send(
  talk: Talk,
  fn: string,
  args: unknown,
  files: readonly (readonly [pointer: string, file: File])[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const form = new FormData()
  form.append('args', JSON.stringify(args))
  for (const [pointer, file] of files) form.append(pointer, file)
  return talk.request('POST', `${talk.base}/call/${fn}/`, { body: form, headers })
}

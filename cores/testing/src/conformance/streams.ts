/** PROTOCOL sections 2 and 3: calls that answer item by item. */

import type { Section } from './conformance-case.ts'
import type { Answer } from './answer.ts'

export const streams: Section = [
  '2 Streams',
  [
    {
      rule: 'a stream is a line of JSON an item, and ends with a line that says so',
      async check(talk) {
        const answer = await talk.call('count_to', { up_to: 3 })
        answer
          .hasHeader('content-type', 'application/x-ndjson')
          .hasHeader('cache-control', 'no-store')
          .isExactly('{"item":1}\n{"item":2}\n{"item":3}\n{"end":true}\n')
        const none = await talk.post('call/count_to/', { up_to: 0 })
        none.isExactly('{"end":true}\n')
      },
    },
    {
      rule: 'items have the wire form of their type, and the scope of their caller',
      async check(talk) {
        const ada = await talk.another().signIn('ada')
        const answer = await ada.call('dates_of', { days: 2 })
        answer.isExactly(
          '{"item":{"at":"2026-01-01T00:00:00.000Z","by":"ada"}}\n{"item":{"at":"2026-01-02T00:00:00.000Z","by":"ada"}}\n{"end":true}\n',
        )
      },
    },
    {
      rule: 'what a stream invalidates stands in its last line, and in no header',
      async check(talk) {
        const answer = await talk.call('touch_item', { item_id: 140 })
        answer.hasStatus(200).hasHeader('x-mizan-invalidate', null)
        const [last] = linesOf(answer).slice(-1)
        const wanted = '{"end":true,"invalidate":[{"context":"item","params":{"item_id":140}}]}'
        answer.expect(last === wanted, wanted)
      },
    },
    {
      rule: 'an error before the first item answers with its status, a later one is the last line',
      async check(talk) {
        const before = await talk.call('count_to', { up_to: 1_000_000 })
        before.isError(409, 'TOO_FAR')
        const wrong = await talk.call('count_to', { up_to: 'three' })
        wrong.isError(422, 'VALIDATION_FAILED')
        const half = await talk.call('count_to', { up_to: 5, fail_after: 2 })
        half.hasStatus(200)
        const lines = linesOf(half)
        half.expect(lines.slice(0, 2).join() === '{"item":1},{"item":2}', 'two items')
        half.expect(
          lines[2]?.startsWith('{"error":{"code":"INTERNAL",') === true,
          'an error as last line',
        )
        half.expect(lines.length === 3 && !half.text.includes('hunter2'), 'nothing else')
      },
    },
    {
      rule: 'many items arrive in their order',
      async check(talk) {
        const answer = await talk.call('count_to', { up_to: 5_000 })
        const items = linesOf(answer.hasStatus(200)).slice(0, -1)
        const fits = items.every((line, index) => line === `{"item":${index + 1}}`)
        answer.expect(fits && items.length === 5_000, 'the items 1 to 5000')
      },
    },
    {
      rule: 'a client that leaves ends the function',
      async check(talk) {
        const before = await leftSoFar(await talk.call('left_so_far'))
        const leaving = new AbortController()
        const response = await talk.open('POST', `${talk.base}/call/wait_here/`, {
          headers: { 'content-type': 'application/json' },
          body: '{}',
          signal: leaving.signal,
        })
        const reader = response.body?.getReader()
        await reader?.read()
        leaving.abort()
        await reader?.cancel().catch(() => undefined)
        let answer = await talk.call('left_so_far')
        for (let tries = 0; tries < 500 && leftSoFar(answer) <= before; tries += 1)
          answer = await talk.call('left_so_far')
        answer.expect(leftSoFar(answer) > before, `more than ${before}`)
      },
    },
    {
      rule: 'an item that takes too long is TIMEOUT, as is a call',
      async check(talk) {
        const stream = await talk.call('stall')
        const [first, last = ''] = linesOf(stream.hasStatus(200))
        stream.expect(first === '{"item":"one"}', 'the first item')
        stream.expect(last.startsWith('{"error":{"code":"TIMEOUT",'), 'TIMEOUT as last line')
        const call = await talk.call('too_slow')
        call.isError(504, 'TIMEOUT')
      },
    },
  ],
]

function linesOf({ text }: Answer): string[] {
  return text.trimEnd().split('\n')
}

function leftSoFar(answer: Answer): number {
  const { result } = answer.hasStatus(200).json() as { readonly result: number } // cast: what the fixture answers
  return result
}

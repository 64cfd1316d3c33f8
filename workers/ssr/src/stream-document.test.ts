import { runInNewContext } from 'node:vm'
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5'
import { expect, test } from 'vitest'
import type { StreamedPiece } from './renderer.ts'
import { streamDocument, streamedStateName } from './stream-document.ts'

async function* sent(
  pieces: readonly StreamedPiece[],
  end: { readonly state: unknown } | Error = { state: { contexts: [] } },
): AsyncGenerator<StreamedPiece, unknown, void> {
  yield* pieces
  if (end instanceof Error) throw end
  return end.state
}

async function textsOf(document: AsyncIterable<string>): Promise<string[]> {
  const texts: string[] = []
  for await (const text of document) texts.push(text)
  return texts
}

const around = { head: '', title: 'A page', scripts: ['/a.js'] }
const state = JSON.stringify({ contexts: [], pending: [] })

test('pieces that are cut anywhere stand in the root element, with state and scripts behind the last', async () => {
  const texts = await textsOf(
    streamDocument(sent([{ html: '<p tit' }, { html: 'le="x">' }]), around),
  )
  expect(texts).toHaveLength(3)
  expect(texts.join('')).toContain(
    '<div id="root"><p title="x"></div>\n<script type="application/json"',
  )
  expect(texts[2]).toMatch(/{"contexts":\[\]}<\/script>\n<script type="module" src="\/a.js">/)
})

test('of a page that is taken over by parts the first has the scripts, and the others their state before them', async () => {
  const pieces = [
    { html: '<main></main>', head: '<meta name="a">', state },
    { html: '<b>1</b>', state: '{"contexts":[1]}' },
    { html: '<b>2</b>' },
  ]
  const [first, second, third, tail] = await textsOf(streamDocument(sent(pieces), around))
  expect(first).toMatch(/<meta name="a">\n<noscript>.*<\/head>/s)
  expect(first).toMatch(
    /<div id="root"><main><\/main><\/div>\n<script type="application.*\n<script type="module" async src="\/a.js"><\/script>\n$/,
  )
  expect(second).toMatch(/^<script>[^<]*<\/script><b>1<\/b>$/)
  expect([third, tail]).toEqual(['<b>2</b>', '</body>\n</html>\n'])
})

test.each([
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '\u2028\u2029',
  '"+alert(1)+"',
  "');alert(1)//",
  '\\',
  '${alert(1)}',
  '__proto__',
])('late state reads back as it was, and is nothing else: %j', async (text) => {
  const late = JSON.stringify({ contexts: [{ data: JSON.parse(`{${JSON.stringify(text)}:1}`) }] })
  const nonce = `"><script>alert(1)</script>`
  const pieces = [
    { html: '', state },
    { html: '<b></b>', state: late },
  ]
  const [, second = ''] = await textsOf(streamDocument(sent(pieces), { ...around, nonce }))
  const [element, shown, ...others] = parseFragment(second).childNodes
  expect([element?.nodeName, shown?.nodeName, others]).toEqual(['script', 'b', []])
  const { childNodes, attrs } = element as DefaultTreeAdapterTypes.Element // cast: as just seen
  expect(attrs).toEqual([{ name: 'nonce', value: nonce }])
  const script = (childNodes[0] as DefaultTreeAdapterTypes.TextNode).value // cast: of a script
  expect(script).not.toMatch(/[<>&\u2028\u2029]/)
  const list: string[] = []
  runInNewContext(script, { self: { [streamedStateName]: list } })
  expect(list).toEqual([late])
})

test('what fails at once is no document; later it is ended where somebody is told, and cut where nobody is', async () => {
  const failure = new Error('no more')
  await expect(textsOf(streamDocument(sent([], failure), around))).rejects.toBe(failure)
  const pieces = [{ html: '', state }]
  await expect(textsOf(streamDocument(sent(pieces, failure), around))).rejects.toBe(failure)
  const told: unknown[] = []
  const onError = (error: unknown): void => void told.push(error)
  const texts = await textsOf(streamDocument(sent(pieces, failure), { ...around, onError }))
  expect([texts.at(-1), told]).toEqual(['</body>\n</html>\n', [failure]])
  // What comes in no parts is not whole without its end.
  const cut = streamDocument(sent([{ html: '<p>' }], failure), { ...around, onError })
  await expect(textsOf(cut)).rejects.toBe(failure)
})

/** What a visitor has typed, in every place of a document, as a browser's parser reads it. */

import { defaultTreeAdapter, type DefaultTreeAdapterTypes, parse } from 'parse5'
import { afterAll, expect, test } from 'vitest'
import { createRenderer } from './create-renderer.ts'
import { renderDocument } from './document.ts'

const renderer = createRenderer({
  worker: new URL('../test/pages.worker.tsx', import.meta.url),
  flags: ['--conditions=@mizan/source'],
  processes: 1,
})
afterAll(() => renderer.close())

type Element = DefaultTreeAdapterTypes.Element

const hostile = [
  '</script><script>alert(1)</script>',
  '</SCRIPT\n><svg onload=alert(1)>',
  '<!--<script>',
  '-->]]>',
  'a\u2028b\u2029c',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</title><script>alert(1)</script>',
  '&lt;script&gt; &amp; \\u003c',
]

function elementsOf(node: DefaultTreeAdapterTypes.ParentNode): Element[] {
  return node.childNodes.flatMap((child) =>
    defaultTreeAdapter.isElementNode(child) ? [child, ...elementsOf(child)] : [],
  )
}

function textOf(element: Element | undefined): string {
  const [first] = element?.childNodes ?? []
  return first !== undefined && defaultTreeAdapter.isTextNode(first) ? first.value : ''
}

function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((one) => one.name === name)?.value
}

test.each(hostile)('%j', (text) => {
  const state = { contexts: [{ key: text, data: { [text]: [text] } }] }
  const html = renderDocument({
    html: '<p>page</p>',
    head: '',
    state,
    title: text,
    language: text,
    rootId: text,
    nonce: text,
    scripts: [text],
    styles: [text],
    meta: [
      { name: 'description', content: text },
      { property: text, content: text },
    ],
    preloads: [{ href: text, as: text, type: text }],
  })
  const elements = elementsOf(parse(html))
  const named = (name: string): Element[] => elements.filter(({ tagName }) => tagName === name)
  expect(elements.map(({ tagName }) => tagName)).toEqual([
    ...['html', 'head', 'meta', 'meta', 'title', 'meta', 'meta', 'link', 'link', 'link'],
    ...['body', 'div', 'p', 'script', 'script'],
  ])
  const [stateElement, script] = named('script')
  expect(attribute(stateElement, 'type')).toBe('application/json')
  expect(JSON.parse(textOf(stateElement))).toEqual(state)
  expect([textOf(script), attribute(script, 'src'), attribute(script, 'nonce')]).toEqual([
    '',
    text,
    text,
  ])
  expect(textOf(named('title')[0])).toBe(text)
  expect(
    named('meta')
      .slice(2)
      .map((one) => attribute(one, 'content')),
  ).toEqual([text, text])
  expect(named('link').map((one) => attribute(one, 'href'))).toEqual([text, text, text])
  expect(attribute(named('html')[0], 'lang')).toBe(text)
  expect(
    elements.flatMap(({ attrs }) => attrs).filter(({ name }) => name.startsWith('on')),
  ).toEqual([])
})

test.each(hostile)('%j, from a component', async (text) => {
  const page = await renderer.render('Head', { title: text }, { state: { contexts: [] } })
  const elements = elementsOf(parse(renderDocument(page)))
  expect(elements.map(({ tagName }) => tagName)).toEqual([
    ...['html', 'head', 'meta', 'meta', 'title', 'meta', 'body', 'div', 'main', 'script'],
  ])
  const [title, main] = ['title', 'main'].map((name) =>
    textOf(elements.find(({ tagName }) => tagName === name)),
  )
  expect([title, main]).toEqual([text, text])
  expect(attribute(elements[5], 'content')).toBe(text)
})

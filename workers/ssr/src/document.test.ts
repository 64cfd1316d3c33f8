import { describe, expect, test } from 'vitest'
import { renderDocument, stateScript } from './document.ts'

const page = { html: '<p>hi</p>', state: { contexts: [] }, head: '' }

function readState(html: string): unknown {
  const [, json = ''] =
    /<script type="application\/json" id="mizan-state">(.*?)<\/script>/s.exec(html) ?? []
  return JSON.parse(json)
}

describe('stateScript', () => {
  test.each([
    '</script><script>alert(1)</script>',
    '<!-- <script>',
    ']]>&amp;',
    'line\u2028separator\u2029',
    '\\u003c',
    '</SCRIPT\n>',
  ])('no text can end the element, and it reads back as it was: %j', (text) => {
    const state = { [text]: [text] }
    const html = stateScript(state)
    const inside = html.slice(html.indexOf('>') + 1, html.lastIndexOf('</script>'))
    expect(inside).not.toMatch(/[<>&\u2028\u2029]/)
    expect(readState(html)).toEqual(state)
  })

  test('no state is null', () => {
    expect(readState(stateScript(undefined))).toBeNull()
  })
})

describe('renderDocument', () => {
  test('the page, its state and its scripts stand in this order', () => {
    expect(
      renderDocument({ ...page, title: 'A & B', scripts: ['/a.js?x=1&y=2'], styles: ['/a.css'] }),
    ).toBe(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>A &#38; B</title>
<link rel="modulepreload" href="/a.js?x=1&#38;y=2">
<link rel="stylesheet" href="/a.css">
</head>
<body>
<div id="root"><p>hi</p></div>
<script type="application/json" id="mizan-state">{"contexts":[]}</script>
<script type="module" src="/a.js?x=1&#38;y=2"></script>
</body>
</html>
`)
  })

  test('texts cannot leave their place', () => {
    const text = '"></title><script>alert(1)</script>'
    const html = renderDocument({
      ...page,
      title: text,
      scripts: [text],
      styles: [text],
      language: text,
      rootId: text,
      nonce: text,
    })
    expect(html).not.toContain('<script>')
    expect(html.match(/<\/title>/g)).toHaveLength(1)
  })

  test('what components put into the head follows the fixed part', () => {
    const html = renderDocument({ ...page, head: '<title>From a component</title>' })
    expect(html).toMatch(/<meta name="viewport"[^\n]*\n<title>From a component<\/title>\n<\/head>/)
  })
})

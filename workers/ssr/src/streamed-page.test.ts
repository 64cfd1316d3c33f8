/** What a streamed page is made of, as a parser reads it: with workers of both runtimes. */

import { runInNewContext } from 'node:vm'
import { defaultTreeAdapter, type DefaultTreeAdapterTypes, parse, parseFragment } from 'parse5'
import { describe, expect, test } from 'vitest'
import { boardApp, hostile, nonce } from '../test/board-app.ts'
import { createRenderer } from './create-renderer.ts'
import type { StreamedPiece } from './renderer.ts'
import { streamedStateName } from './stream-document.ts'

type Element = DefaultTreeAdapterTypes.Element

function elementsOf(node: DefaultTreeAdapterTypes.ParentNode): Element[] {
  return node.childNodes.flatMap((child) =>
    defaultTreeAdapter.isElementNode(child) ? [child, ...elementsOf(child)] : [],
  )
}

const textOf = (element: Element | undefined): string =>
  (element?.childNodes ?? [])
    .map((child) => (defaultTreeAdapter.isTextNode(child) ? child.value : ''))
    .join('')

const attribute = (element: Element | undefined, name: string): string | undefined =>
  element?.attrs.find((one) => one.name === name)?.value

interface Piece {
  readonly contexts: readonly { readonly key: string; readonly data: unknown }[]
  readonly pending: readonly string[]
}

/** What the browser's kernel is told by one of the scripts between the pieces. */
function told(script: string): Piece {
  const list: string[] = []
  runInNewContext(script, { self: { [streamedStateName]: list } })
  return JSON.parse(list[0] ?? '') as Piece // cast: as it was written
}

/** Reads `url` piece by piece; `onText` is told all that has come. */
async function read(url: string, onText: (text: string) => void): Promise<string> {
  const response = await fetch(url)
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    onText(text)
  }
  return text
}

/** Whether each tag that is opened in `html` is closed in it. */
function isWhole(html: string): boolean {
  const fragment = parseFragment(html, { sourceCodeLocationInfo: true })
  return elementsOf(fragment).every(({ sourceCodeLocation }) => sourceCodeLocation?.endTag)
}

describe.each(['bun', 'node'] as const)('%s', (runtime) => {
  test('a piece is never cut in a tag, however long it is and however slowly it is read', async () => {
    await using renderer = createRenderer({
      worker: new URL('../test/pages.worker.tsx', import.meta.url),
      runtime,
      flags: ['--conditions=@mizan/source'],
      processes: 1,
      timeout: 60_000,
    })
    const [count, length] = [40, 3_000]
    const pieces: string[] = []
    for await (const { html } of renderer.stream('Parts', { count, length })) {
      pieces.push(html)
      // Renders between the pieces, so that they are not taken as soon as they are made.
      await renderer.render('Echo', { text: '' })
    }
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.filter((html) => !isWhole(html))).toEqual([])
    const parts = elementsOf(parse(pieces.join(''))).filter((one) => attribute(one, 'data-part'))
    expect(parts.map((part) => attribute(part, 'data-part')).toSorted()).toEqual(
      Array.from({ length: count }, (_, number) => String(number)).toSorted(),
    )
    expect(new Set(parts.map(textOf))).toEqual(new Set(['é😀<'.repeat(length)]))
  })

  test('what is at hand is not sent as something that comes late', async () => {
    await using renderer = createRenderer({
      worker: new URL('../test/board.worker.tsx', import.meta.url),
      runtime,
      flags: ['--conditions=@mizan/source'],
      processes: 1,
      timeout: 60_000,
    })
    const contexts = ['quick', 'slow', 'unread'].map((context) => ({
      key: `d/${context}?`,
      context,
      data: { [context]: `It is ${context}` },
      fetchedAt: 1,
    }))
    const pieces: StreamedPiece[] = []
    const stream = renderer.stream('BoardPage', { digest: 'd' }, { state: { contexts } })
    for await (const piece of stream) pieces.push(piece)
    const [first, rest] = pieces
    expect(first?.html).toMatch(/It is quick.*It is slow/)
    expect(first?.html).not.toMatch(/Waiting|<template|<script/)
    expect(JSON.parse(first?.state ?? '')).toEqual({ contexts: contexts.slice(0, 2), pending: [] })
    // What no part of the page has read comes last, in a piece that shows nothing.
    expect(rest?.html).toBe('')
    expect(JSON.parse(rest?.state ?? '')).toEqual({ contexts: contexts.slice(2), pending: [] })
    expect(pieces).toHaveLength(2)
  })

  test('each part of a page stands behind its data, in whole tags', async () => {
    await using board = await boardApp(runtime)
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    board.answer = () => gate.then(() => `Slow ${hostile}`)
    let before = ''
    const text = await read(`${board.origin}/board/?bound=false`, (now) => {
      if (before !== '' || !now.includes('page.js" nonce')) return
      before = now
      release()
    })

    const shell = elementsOf(parse(before))
    const named = (name: string): Element[] => shell.filter(({ tagName }) => tagName === name)
    expect(named('title').map(textOf)).toEqual(['Board'])
    const [head] = named('head')
    expect(elementsOf(head ?? parse('')).map(({ tagName }) => tagName)).toContain('title')
    const root = shell.find((element) => attribute(element, 'id') === 'root')
    expect(elementsOf(root ?? parse('')).map(({ tagName }) => tagName)).toContain('h1')
    expect(textOf(named('h1')[0])).toBe(`Quick ${hostile}`)
    const state = JSON.parse(
      textOf(shell.find((element) => attribute(element, 'id') === 'mizan-state')),
    ) as Piece // cast: as it was written
    expect(state.contexts.map(({ data }) => data)).toEqual([{ quick: `Quick ${hostile}` }])
    expect(state.pending).toEqual([expect.stringMatching(/\/slow\?$/)])
    const entry = named('script').find((script) => attribute(script, 'src') === '/page.js')
    expect([attribute(entry, 'async'), attribute(entry, 'type')]).toEqual(['', 'module'])

    const all = elementsOf(parse(text))
    const scripts = all.filter(({ tagName }) => tagName === 'script')
    expect(scripts.filter((script) => attribute(script, 'type') !== 'application/json')).toSatisfy(
      (run: Element[]) => run.every((script) => attribute(script, 'nonce') === nonce),
    )
    const late = scripts.filter((script) => textOf(script).includes(streamedStateName))
    expect(late).toHaveLength(1)
    const piece = told(textOf(late[0]))
    expect(piece.contexts.map(({ data }) => data)).toEqual([{ slow: `Slow ${hostile}` }])
    expect(piece.pending).toEqual([])
    const slow = all.find((element) => attribute(element, 'id') === 'slow')
    expect(textOf(slow)).toBe(`Slow ${hostile}`)
    const place = scripts.find((script) => textOf(script).includes('$RC("B:'))
    const at = (text: string): number => all.findIndex((one) => textOf(one) === text)
    const order = [textOf(late[0]), textOf(slow), textOf(place)].map(at)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(text.endsWith('</body>\n</html>\n')).toBe(true)
    expect(text.split('</html>')).toHaveLength(2)
  })
})

/** A document as a parser sees it that knows nothing of ours. */

import { type DefaultTreeAdapterTypes, parse } from 'parse5'

type Node = DefaultTreeAdapterTypes.Node

/** What stands in each element of this name. */
export function textsOf(html: string, name: string): string[] {
  return elementsOf(html, name).map(textOf)
}

/** The names of all elements, and how often each occurs. */
export function countElements(html: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const node of walk(parse(html))) {
    if ('tagName' in node) counts[node.tagName] = (counts[node.tagName] ?? 0) + 1
  }
  return counts
}

function elementsOf(html: string, name: string): Node[] {
  return [...walk(parse(html))].filter((node) => 'tagName' in node && node.tagName === name)
}

function* walk(node: Node): Generator<Node> {
  yield node
  for (const child of 'childNodes' in node ? node.childNodes : []) yield* walk(child)
}

function textOf(node: Node): string {
  return [...walk(node)].map((one) => ('value' in one ? one.value : '')).join('')
}

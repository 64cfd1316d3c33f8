/** A React page inside a document of its own, and taken out of it again: only there React gathers what belongs into the head. */

import { createElement, type ReactElement, type ReactNode } from 'react'
import type { RenderResult } from './render-session.ts'

/** Inside a document React gathers `<title>` and its like in the head; the ids of `useId` are the same as without. */
export function inDocument(page: ReactNode): ReactElement {
  return createElement('html', null, createElement('body', null, page))
}

/** What React writes behind the page. */
export const documentTail = '</body></html>'

const documentPattern = /^(?:<!DOCTYPE html>)?<html>(?:<head>(.*?)<\/head>)?<body>(.*)$/s

/**
 * The page, and what it has put into the head.
 *
 * @param document as React writes it, without {@link documentTail}
 * @throws Error when the page renders a document itself.
 */
export function fromDocument(document: string): RenderResult {
  const [, head = '', html] = documentPattern.exec(document) ?? []
  if (html === undefined) {
    throw new Error(
      'a page renders what stands inside <body>, it must not render <html>, <head> or <body>',
    )
  }
  return { html, head }
}

/** `text` without the document's end. */
export function withoutTail(text: string): string {
  return text.endsWith(documentTail) ? text.slice(0, -documentTail.length) : text
}

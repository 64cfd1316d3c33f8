/** Gives Node a document before a library looks for one: import it first. Requests stay Node's own. */

import { Window } from 'happy-dom'

const window = new Window({ url: 'http://board.test/' })

const names = [
  'document',
  'navigator',
  'Node',
  'Element',
  'HTMLElement',
  'HTMLIFrameElement',
  'HTMLMediaElement',
  'SVGElement',
  'ShadowRoot',
  'Text',
  'Comment',
  'DocumentFragment',
  'Event',
  'CustomEvent',
  'MutationObserver',
  'requestAnimationFrame',
  'cancelAnimationFrame',
] as const

for (const name of names) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true })
}
Object.defineProperty(globalThis, 'window', { value: window, configurable: true })

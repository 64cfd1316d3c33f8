/** The panel: instances and timeline of one kernel, in a corner of the page. */

import type { Devtools } from '../devtools.ts'
import { button, element, setText } from './elements.ts'
import { createInstancesView, type View } from './instances-view.ts'
import { styles } from './styles.ts'
import { createTimelineView } from './timeline-view.ts'

/** A panel on the page. */
export interface Panel {
  readonly root: HTMLElement
  close(): void
}

/** Ages are counted by the second. */
const everySecond = 1_000

/** Makes the panel; it is folded up to one button until that is pressed. */
export function createPanel(tools: Devtools): Panel {
  const views: Readonly<Record<string, View>> = {
    Instances: createInstancesView(tools),
    Timeline: createTimelineView(tools),
  }
  let shown = 'Instances'
  let isPlanned = false

  const tabs = Object.keys(views).map((name) => {
    const id = name.toLowerCase()
    const attributes = { type: 'button', role: 'tab', id: `${id}-tab`, 'aria-controls': id }
    return element('button', { attributes, onClick: () => show(name) }, name)
  })
  const pages = Object.entries(views).map(([name, view]) => {
    const id = name.toLowerCase()
    const attributes = { role: 'tabpanel', id, 'aria-labelledby': `${id}-tab`, tabindex: '0' }
    return element('div', { attributes }, view.root)
  })
  const tabList = element(
    'div',
    { attributes: { role: 'tablist', 'aria-label': 'What is shown' } },
    ...tabs,
  )
  const offline = button('Go offline', () => tools.setOffline(!tools.isOffline))
  const panel = element(
    'section',
    { attributes: { class: 'panel', 'aria-label': 'Mizan developer tools', hidden: '' } },
    element(
      'div',
      { attributes: { class: 'bar' } },
      element('h2', {}, 'Mizan'),
      tabList,
      element('span', { attributes: { class: 'space' } }),
      button('Invalidate all', () => tools.invalidate()),
      button('Forget timeline', () => tools.forgetTimeline()),
      offline,
      button('Close', () => fold(true), 'Close the developer tools'),
    ),
    ...pages,
  )
  const toggle = button('Mizan', () => fold(false), 'Open the Mizan developer tools')
  toggle.className = 'toggle'
  toggle.setAttribute('aria-expanded', 'false')
  const root = element(
    'div',
    { attributes: { class: 'root' } },
    element('style', {}, styles),
    toggle,
    panel,
  )

  function show(name: string): void {
    shown = name
    for (const [index, tab] of tabs.entries()) {
      const isShown = tab.textContent === name
      tab.setAttribute('aria-selected', String(isShown))
      tab.tabIndex = isShown ? 0 : -1
      const page = pages[index]
      if (page) page.hidden = !isShown
    }
    update()
  }

  function fold(isFolded: boolean): void {
    panel.hidden = isFolded
    toggle.hidden = !isFolded
    toggle.setAttribute('aria-expanded', String(!isFolded))
    if (isFolded) toggle.focus()
    else tabs.find((tab) => tab.textContent === shown)?.focus()
    update()
  }

  function update(): void {
    isPlanned = false
    if (panel.hidden) return
    setText(offline, tools.isOffline ? 'Go online' : 'Go offline')
    offline.setAttribute('aria-pressed', String(tools.isOffline))
    views[shown]?.update()
  }

  tabList.addEventListener('keydown', ({ key }) => {
    const at = tabs.findIndex((tab) => tab.textContent === shown)
    const steps: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: -1,
    }
    const next = Object.hasOwn(steps, key) ? tabs.at((steps[key] ?? 0) % tabs.length) : undefined
    if (!next) return
    show(next.textContent ?? '')
    next.focus()
  })
  panel.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') fold(true)
  })

  // A page that changes at each frame is shown at each frame, not more often.
  const leave = tools.subscribe(() => {
    if (!isPlanned) requestAnimationFrame(update)
    isPlanned = true
  })
  const timer = setInterval(update, everySecond)
  show(shown)
  return {
    root,
    close() {
      leave()
      clearInterval(timer)
    },
  }
}

/** Light or dark: the system's choice until the reader makes one. */

import { type ReactElement, useSyncExternalStore } from 'react'
import { Icon } from './icons.tsx'
import { useMediaQuery } from './use-media-query.ts'

const storageKey = 'board-theme'

/** Applies the choice of an earlier visit; call before the first render. */
export function restoreTheme(): void {
  const stored = localStorage.getItem(storageKey)
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored
}

export function ThemeButton(): ReactElement {
  const chosen = useSyncExternalStore(subscribe, readChoice, () => undefined)
  const isSystemDark = useMediaQuery('(prefers-color-scheme: dark)')
  const dark = chosen === undefined ? isSystemDark : chosen === 'dark'
  const toggle = (): void => {
    const next = dark ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    localStorage.setItem(storageKey, next)
    dispatchEvent(new Event(changed))
  }
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={dark ? 'Use light colours' : 'Use dark colours'}
      onClick={toggle}
    >
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  )
}

const changed = 'board:theme'

function subscribe(listener: () => void): () => void {
  addEventListener(changed, listener)
  return () => removeEventListener(changed, listener)
}

function readChoice(): string | undefined {
  return document.documentElement.dataset['theme']
}

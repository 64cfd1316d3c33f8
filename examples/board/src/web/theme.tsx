/** Light or dark: the system's choice until the reader makes one. */

import { type ReactElement, useState } from 'react'
import { Icon } from './icons.tsx'

const storageKey = 'board-theme'

/** Applies the choice of an earlier visit; call before the first render. */
export function restoreTheme(): void {
  const stored = localStorage.getItem(storageKey)
  if (stored === 'light' || stored === 'dark') document.documentElement.dataset['theme'] = stored
}

export function ThemeButton(): ReactElement {
  const [dark, setDark] = useState(isDark)
  const toggle = (): void => {
    const next = dark ? 'light' : 'dark'
    document.documentElement.dataset['theme'] = next
    localStorage.setItem(storageKey, next)
    setDark(!dark)
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

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme']
  return chosen === undefined
    ? matchMedia('(prefers-color-scheme: dark)').matches
    : chosen === 'dark'
}

/** The name of the application; leads home. */

import type { ReactElement } from 'react'
import { Link } from './link.tsx'

export function Logo(): ReactElement {
  return (
    <Link to="/" className="logo" aria-label="Board, home">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <rect x="2" y="3" width="4.4" height="14" rx="1.6" />
        <rect x="7.8" y="3" width="4.4" height="9" rx="1.6" />
        <rect x="13.6" y="3" width="4.4" height="11.5" rx="1.6" />
      </svg>
      Board
    </Link>
  )
}

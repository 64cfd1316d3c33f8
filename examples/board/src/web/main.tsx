/** Starts the page: one kernel, one provider, one root. */

import { createKernel, focus, live, optimistic, retry, singleFlight, tabs } from '@mizan/base'
import { MizanProvider } from '@mizan/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Announcer } from './announcer.tsx'
import { App } from './app.tsx'
import { boardChanges } from './board-changes.ts'
import { restoreTheme } from './theme.tsx'
import './styles/index.css'

const root = document.getElementById('root')
if (root === null) throw new TypeError('index.html has no element with the id "root"')

// Other people's changes arrive over a socket, other tabs of this browser follow also without one, and who comes back to
// a tab sees it up to date. What a call made stale comes back in its answer, and what it will do shows at once.
const kernel = createKernel(
  {},
  live(),
  tabs(),
  focus(),
  retry({ times: 2 }),
  optimistic(...boardChanges),
  singleFlight(),
)

restoreTheme()
createRoot(root).render(
  <StrictMode>
    <MizanProvider kernel={kernel}>
      <Announcer>
        <App />
      </Announcer>
    </MizanProvider>
  </StrictMode>,
)

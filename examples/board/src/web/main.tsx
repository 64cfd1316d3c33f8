/** Starts the page: one kernel, one provider, one root. */

import { createKernel } from '@mizan/base'
import { MizanProvider } from '@mizan/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Announcer } from './announcer.tsx'
import { App } from './app.tsx'
import { restoreTheme } from './theme.tsx'
import './styles/index.css'

const root = document.getElementById('root')
if (root === null) throw new TypeError('index.html has no element with the id "root"')

restoreTheme()
createRoot(root).render(
  <StrictMode>
    <MizanProvider kernel={createKernel({})}>
      <Announcer>
        <App />
      </Announcer>
    </MizanProvider>
  </StrictMode>,
)

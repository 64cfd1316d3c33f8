/** Starts the page: one kernel, one provider, one root. What the server rendered is taken over. */

import { readState } from '@mizan/base'
import { MizanProvider } from '@mizan/react'
import { MizanDevtools } from '@mizan/react/devtools'
import { StrictMode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { BoardPage } from './board-page.tsx'
import { createBoardKernel } from './create-board-kernel.ts'
import { readPageStart } from './page-start.ts'
import { restoreTheme } from './theme.tsx'
import { OutboxProvider } from './waiting-calls.tsx'
import './styles/index.css'

const root = document.getElementById('root')
if (root === null) throw new TypeError('index.html has no element with the id "root"')

const { kernel, outbox } = createBoardKernel(readState())
const board = <BoardPage {...readPageStart()} />
// Not in a page that the server rendered: with a neighbour, what is in the board would have other ids.
const isDevelopment = process.env.NODE_ENV === 'development'
const withDevtools = (
  <>
    {board}
    <MizanDevtools />
  </>
)
const page = (
  <StrictMode>
    <OutboxProvider value={outbox}>
      <MizanProvider kernel={kernel}>{isDevelopment ? withDevtools : board}</MizanProvider>
    </OutboxProvider>
  </StrictMode>
)

restoreTheme()
if (root.hasChildNodes()) hydrateRoot(root, page)
else createRoot(root).render(page)

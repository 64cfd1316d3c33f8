/** The render worker: Bun runs this file, the server talks to it through `@mizan/ssr`. */

import { MizanProvider } from '@mizan/react'
import { reactRenderer } from '@mizan/ssr/react'
import { startWorker } from '@mizan/ssr/worker'
import { BoardPage } from '../web/board-page.tsx'
import { PublicProjectPage } from './public-project-page.tsx'

startWorker({
  components: { PublicProjectPage, BoardPage },
  render: reactRenderer({
    wrap: (page, kernel) => <MizanProvider kernel={kernel}>{page}</MizanProvider>,
  }),
})

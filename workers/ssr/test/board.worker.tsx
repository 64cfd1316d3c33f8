/** The worker file of the streamed board. */

import { reactRenderer, reactStreamer } from '@mizan/ssr/react'
import { startWorker } from '@mizan/ssr/worker'
import { around, BoardPage } from './board-page.tsx'

startWorker({
  components: { BoardPage },
  render: reactRenderer({ wrap: around }),
  stream: reactStreamer({ wrap: around }),
})

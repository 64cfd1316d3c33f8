/** The render worker: Bun runs this file, the server talks to it through `@mizan/ssr`. */

import { reactRenderer } from '@mizan/ssr/react'
import { startWorker } from '@mizan/ssr/worker'
import { PublicProjectPage } from './public-project-page.tsx'

startWorker({ components: { PublicProjectPage }, render: reactRenderer() })

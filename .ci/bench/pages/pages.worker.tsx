/** The render worker of the benchmark. */

import { reactRenderer } from '@mizan/ssr/react'
import { startWorker } from '@mizan/ssr/worker'
import { TablePage } from './table-page.tsx'

startWorker({ components: { TablePage }, render: reactRenderer() })

/** A worker file whose `render` gives back what a page is not. */

import { startWorker } from '@mizan/ssr/worker'

startWorker({
  components: { Page: 5 },
  // cast: TypeScript would say so first
  render: (html) => ({ html }) as never,
})

/** The render worker: Bun runs this file, the server talks to it through `@mizan/ssr`. */

import { startWorker } from '@mizan/ssr/worker'
import { renderToString } from 'react-dom/server'
import { pageStyle } from './page-style.ts'
import { PublicProjectPage, type PublicProjectPageProps } from './public-project-page.tsx'

startWorker({
  components: { PublicProjectPage },
  render: (Page, { props }) => ({
    // cast: the server's PublicProject is the only one that renders, with these props
    html: renderToString(<Page {...(props as unknown as PublicProjectPageProps)} />),
    head: `<link rel="icon" href="data:,"><style>${pageStyle}</style>`,
  }),
})

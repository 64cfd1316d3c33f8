/** The render worker: Bun runs this file, the server talks to it through `@mizan/ssr`. */

import { startWorker } from '@mizan/ssr/worker'
import { renderToStaticMarkup } from 'react-dom/server'
import {
  PublicProjectHead,
  PublicProjectPage,
  type PublicProjectPageProps,
} from './public-project-page.tsx'

startWorker({
  components: { PublicProjectPage: { Head: PublicProjectHead, Page: PublicProjectPage } },
  render({ Head, Page }, request) {
    // cast: the server's PublicProject is the only one that renders, with these props
    const props = request.props as unknown as PublicProjectPageProps
    return {
      html: renderToStaticMarkup(<Page {...props} />),
      head: renderToStaticMarkup(<Head {...props} />),
    }
  },
})

/** What the browser runs of the streamed board. */

import { createKernel, streamed } from '@mizan/base'
import { hydrateRoot } from 'react-dom/client'
import { around, BoardPage } from './board-page.tsx'

/** What the page says of itself. */
const meta = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content

const root = document.getElementById('root')
const props = { digest: meta('digest') ?? '', isBound: meta('bound') === 'true' }
if (root) hydrateRoot(root, around(<BoardPage {...props} />, createKernel({}, streamed())))

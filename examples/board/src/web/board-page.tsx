/** The whole page, as the server renders it and the browser takes it over. */

import type { ReactElement } from 'react'
import { Announcer } from './announcer.tsx'
import { App } from './app.tsx'
import { type PageStart, PageStartProvider } from './page-start.ts'

export function BoardPage(start: PageStart): ReactElement {
  return (
    <PageStartProvider value={start}>
      <link rel="icon" href="/icon.svg" type="image/svg+xml" />
      <Announcer>
        <App />
      </Announcer>
    </PageStartProvider>
  )
}

/** Starts the landing pages: `npm run build` first. */

import { fileURLToPath } from 'node:url'
import { closeOnSignals } from '@mizan/node'
import { createLanding } from './create-landing.ts'

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const { app, server } = createLanding({
  dist: folder('../../dist'),
  pages: folder('../../.mizan/pages'),
  secret: process.env['CACHE_SECRET'] ?? 'for development only, not a secret: CACHE_SECRET',
})
await app.start()
server.listen(Number(process.env['PORT'] ?? 3000))
closeOnSignals(server, app)

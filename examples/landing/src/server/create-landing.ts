/** Puts the landing pages together: functions, renderer, kept pages, one `node:http` server. */

import { readFile } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { mizan } from '@mizan/node'
import { type App, createApp, provide } from '@mizan/server'
import { createFilePageStore, psrPlugin, ssrPlugin } from '@mizan/ssr'
import { functions } from '../../mizan/server.gen.ts'
import { createGuestList, type GuestList, Guests } from './guest-list.ts'

export interface LandingOptions {
  /** Folder of both builds: `client/` and `server/worker.js`. */
  readonly dist: string
  /** Folder in which rendered pages are kept. */
  readonly pages: string
  /** Seals cached answers; at least 32 bytes. */
  readonly secret: string
  readonly guests?: GuestList
}

/** A server that is ready to listen, and the app in it. */
export interface LandingServer {
  readonly app: App
  readonly server: Server
}

export function createLanding(options: LandingOptions): LandingServer {
  const app = createApp({
    functions,
    provide: [provide(Guests, options.guests ?? createGuestList())],
    plugins: [
      ssrPlugin({
        worker: join(options.dist, 'server/worker.js'),
        processes: 1,
        flags: ['--conditions=@mizan/source'],
      }),
      psrPlugin({
        store: createFilePageStore({ folder: options.pages }),
        paths: () => ['/vue/', '/svelte/'],
      }),
    ],
    cache: { secret: options.secret },
  })
  const listener = mizan(app)
  const server = createServer((request, response) =>
    listener(request, response, () => {
      void sendAsset(join(options.dist, 'client'), request.url ?? '/', response)
    }),
  )
  return { app, server }
}

/** Nothing else lies in that folder: names with anything but letters, digits, dots and dashes are not looked for. */
async function sendAsset(folder: string, url: string, response: ServerResponse): Promise<void> {
  // Browsers ask for it unasked.
  if (url === '/favicon.ico') {
    response.writeHead(204).end()
    return
  }
  const [, name, extension = ''] = /^\/assets\/([\w.-]+\.(js|css))$/.exec(url) ?? []
  const type = extension === 'js' ? 'text/javascript' : 'text/css'
  try {
    if (name === undefined) throw new RangeError('no asset')
    const content = await readFile(join(folder, name))
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(content)
  } catch {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page')
  }
}

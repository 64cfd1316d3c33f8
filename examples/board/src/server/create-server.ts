/** Puts the board together: database, functions, pages, one Express server. */

import { existsSync } from 'node:fs'
import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createDbClient } from '@mizan/db'
import { DbSessionStore, dbPlugin } from '@mizan/db/plugin'
import { postgres } from '@mizan/db-postgres'
import { mizan, upgrade } from '@mizan/express'
import {
  type App,
  type CacheStore,
  createApp,
  provide,
  type Purger,
  type TokenKey,
} from '@mizan/server'
import { type PageStore, psrPlugin, ssrPlugin } from '@mizan/ssr'
import express, { type Express } from 'express'
import { functions } from '../../mizan/server.gen.ts'
import * as schema from '../db/schema.ts'
import { BoardFiles } from './board-pages.ts'
import { type BoardDatabase, Db } from './database.ts'
import { resolvePrincipal } from './identity.ts'
import { WebhookSecret } from './import-webhook.ts'
import { Libraries, type Library } from './library-pages.ts'
import { missingPage } from './missing-page.ts'
import { readBuiltPage } from './read-built-page.ts'

/** What the board needs from its surroundings. */
export interface BoardOptions {
  readonly databaseUrl: string
  /** Signs session cookies; at least 32 bytes. */
  readonly sessionSecret: string
  /** Seals cached answers; at least 32 bytes. Without it nothing is cached. */
  readonly cacheSecret?: string
  /** Where answers are cached. @default in this process */
  readonly cacheStore?: CacheStore
  /** What senders of tasks sign with. */
  readonly webhookSecret: string
  /** Whether browsers reach the board by https only. @default true */
  readonly secure?: boolean
  /** Origins of pages that are served from elsewhere, such as Vite's in development. */
  readonly trustedOrigins?: readonly string[]
  /** Where public pages are kept between changes. @default each visit renders its page */
  readonly pageStore?: PageStore
  /** Edges and CDNs that are told of every change. */
  readonly purgers?: readonly Purger[]
  /** What signs the tokens by which an edge knows whose reads it answers. @default nobody is given one */
  readonly readKeys?: readonly TokenKey[]
  /** Processes that render public pages. @default 1 */
  readonly renderers?: number
  /** Folder of the built pages. @default `dist/web`; in development Vite serves the pages instead */
  readonly pages?: string
  /** The main page in other libraries, by the name in its path. @default none */
  readonly libraries?: Readonly<Record<string, Library>>
}

/** A board that is ready to listen. */
export interface BoardServer extends AsyncDisposable {
  readonly app: App
  readonly database: BoardDatabase
  readonly express: Express
  /** Starts listening. @returns the port, a free one for 0 */
  listen(port: number): Promise<number>
  close(): Promise<void>
}

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export function createServer(options: BoardOptions): BoardServer {
  const database = createDbClient({ schema, dialect: postgres({ url: options.databaseUrl }) })
  const libraries = new Map(Object.entries(options.libraries ?? {}))
  const pages = options.pages ?? source('../../dist/web')
  const http = createHttpServer()
  // Longer than proxies in front keep theirs: a request on a connection that is just being closed is lost.
  http.keepAliveTimeout = 75_000
  const app = createApp({
    functions,
    plugins: [
      dbPlugin({
        database,
        token: Db,
        migrations: source('../../migrations'),
        // Pages also follow what is changed in psql.
        outsideWrites: true,
      }),
      ssrPlugin({
        worker: source('../ssr/worker.tsx'),
        processes: options.renderers ?? 1,
        flags: ['--conditions=@mizan/source'],
      }),
      ...(options.pageStore === undefined ? [] : [psrPlugin({ store: options.pageStore })]),
    ],
    purgers: options.purgers ?? [],
    provide: [
      provide(WebhookSecret, options.webhookSecret),
      provide(BoardFiles, readBuiltPage(pages)),
      provide(Libraries, (name, request) =>
        libraries.get(name)?.render({ ...request, origin: `http://127.0.0.1:${portOf(http)}` }),
      ),
    ],
    identity: {
      secret: options.sessionSecret,
      sessions: new DbSessionStore(database),
      resolve: (id) => resolvePrincipal(database, id),
      cookie: { secure: options.secure ?? true },
      ...(options.readKeys && { mwt: { keys: options.readKeys } }),
      trustedOrigins: options.trustedOrigins ?? [],
    },
    ...(options.cacheSecret !== undefined && {
      cache: {
        secret: options.cacheSecret,
        ...(options.cacheStore && { store: options.cacheStore }),
      },
    }),
  })
  const server = express()
  server.disable('x-powered-by')
  server.use(mizan(app))
  for (const [name, { assets }] of libraries)
    server.use(`/library/${name}`, express.static(assets, { index: false, maxAge: '1y' }))
  servePages(server, pages)
  http.on('request', server)
  upgrade(http, app)
  const close = async (): Promise<void> => {
    // Together: sockets of the app keep the server open, requests of the server keep the app.
    await Promise.all([closeHttp(http), app.close()])
  }
  return {
    app,
    database,
    express: server,
    async listen(port) {
      await app.start()
      await listening(http, port)
      return portOf(http)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** In production the built pages come from here too; in development Vite has them. */
function servePages(server: Express, pages: string): void {
  if (!existsSync(pages)) return
  server.use(express.static(pages, { index: 'index.html' }))
  server.get(/^\/(workspaces|projects)\//, (_request, response) => {
    response.sendFile('index.html', { root: pages })
  })
  server.use((_request, response) => {
    response.status(404).type('html').send(missingPage)
  })
}

function portOf(http: Server): number {
  return (http.address() as AddressInfo).port // cast: it listens on TCP
}

function listening(http: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    http.once('error', fail)
    http.listen(port, () => {
      http.off('error', fail)
      done()
    })
  })
}

function closeHttp(http: Server): Promise<void> {
  if (!http.listening) return Promise.resolve()
  return new Promise((done, fail) => {
    http.close((error) => (error === undefined ? done() : fail(error)))
    http.closeIdleConnections()
  })
}

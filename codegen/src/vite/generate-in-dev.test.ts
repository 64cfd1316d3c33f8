import { symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { expect, test } from 'vitest'
import { sourceProject, type SourceProject } from '../../test/source-project.ts'
import { mizan } from '../vite.ts'

const repository = resolve(fileURLToPath(import.meta.url), '../../../..')
const server = `import { client } from '@mizan/server'\n`

async function pageProject(): Promise<SourceProject> {
  const project = await sourceProject({
    'server/tasks.ts': `${server}export const echo = client((text: string) => text)`,
    'page.ts': `import * as calls from '../mizan/client.gen.ts'\nexport { calls }\nif (import.meta.hot) import.meta.hot.accept()`,
  })
  await symlink(join(repository, 'node_modules'), join(project.root, 'node_modules'))
  await project.write(
    'mizan.config.ts',
    `// No import \nexport default { functions: ['src/server/**/*.ts'] }`,
  )
  return project
}

interface Dev extends AsyncDisposable {
  readonly vite: ViteDevServer
  /** The next message that a page gets and that matches. */
  next(matches: (message: { readonly type: string }) => boolean): Promise<object>
}

async function dev(project: SourceProject): Promise<Dev> {
  const vite = await createServer({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [mizan()],
    server: { port: 0, host: '127.0.0.1' },
    optimizeDeps: { noDiscovery: true },
    resolve: { conditions: ['@mizan/source', 'module', 'browser'] },
  })
  await vite.listen()
  const address = vite.httpServer?.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/?token=${vite.config.webSocketToken}`,
    'vite-hmr',
  )
  const told: { readonly type: string }[] = []
  const waiting = new Set<() => void>()
  socket.addEventListener('message', ({ data }) => {
    told.push(JSON.parse(String(data)) as { type: string }) // cast: what Vite sends
    for (const look of waiting) look()
  })
  await new Promise((opened) => socket.addEventListener('open', opened))
  return {
    vite,
    next: (matches) =>
      new Promise((settle) => {
        const look = (): void => {
          const index = told.findIndex(matches)
          if (index < 0) return
          waiting.delete(look)
          settle(told.splice(0, index + 1).at(-1) ?? {})
        }
        waiting.add(look)
        look()
      }),
    async [Symbol.asyncDispose]() {
      socket.close()
      await vite.close()
    },
  }
}

async function clientText({ vite }: Dev): Promise<string> {
  return (await vite.transformRequest('/mizan/client.gen.ts'))?.code ?? ''
}

test('a dev server generates before the first page, and a page gets what an edit generates', async () => {
  await using project = await pageProject()
  await using started = await dev(project)
  expect(await clientText(started)).toContain('callEcho')
  // As a page loads it: from then on Vite knows who imports what.
  await started.vite.transformRequest('/src/page.ts')

  await project.write(
    'src/server/tasks.ts',
    `${server}export const shout = client((text: string) => text)`,
  )
  await started.next(({ type }) => type === 'update' || type === 'full-reload')
  await expect.poll(() => clientText(started)).toContain('callShout')

  await project.write(
    'src/server/more.ts',
    `${server}export const more = client((count: number) => count)`,
  )
  await expect.poll(() => clientText(started)).toContain('callMore')
})

test('a problem is shown over the page until it is mended', async () => {
  await using project = await pageProject()
  await using started = await dev(project)
  await project.write(
    'src/server/tasks.ts',
    `${server}export const echo = client((key: symbol) => 1)`,
  )
  expect(await started.next(({ type }) => type === 'error')).toMatchObject({
    err: {
      message: expect.stringContaining('src/server/tasks.ts:2:29 echo: argument key is a symbol'),
      loc: { line: 2, column: 29 },
    },
  })
  expect(await clientText(started)).toContain('callEcho')
  await project.write(
    'src/server/tasks.ts',
    `${server}export const echo = client((key: number) => 1)`,
  )
  expect(await started.next(({ type }) => type === 'update')).toMatchObject({ updates: [] })
})

test('while mizan dev runs, it is left to it', async () => {
  await using project = await pageProject()
  // A process that runs, and is not this one.
  await project.write('.mizan/watching', `${process.ppid} // import `)
  await using started = await dev(project)
  expect(started.vite.config.plugins.map(({ name }) => name)).toContain('mizan:generate')
  expect(await project.files()).toEqual([])
})

test('a configuration that does not load ends nothing', async () => {
  await using project = await pageProject()
  await project.write('mizan.config.ts', `import 'nothing'`)
  await using started = await dev(project)
  expect(await started.vite.transformRequest('/src/page.ts').catch(() => 'told')).toBe('told')
  expect(await project.files()).toEqual([])
})

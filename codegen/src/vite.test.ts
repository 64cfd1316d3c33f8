import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, createServer, type ViteDevServer } from 'vite'
import { describe, expect, test } from 'vitest'
import { sourceProject, type SourceProject } from '../test/source-project.ts'
import { mizan } from './vite.ts'

const repository = resolve(fileURLToPath(import.meta.url), '../../..')

async function pageProject(main: string): Promise<SourceProject> {
  const project = await sourceProject(
    {
      'server/tasks.ts': `import { client } from '@mizan/server'\nimport { secret } from './secret.ts'\nexport interface Task { id: number }\nexport const echo = client((text: string) => text + secret)`,
      'server/secret.ts': `import '@mizan/db'\nexport const secret = 'the secret'`,
    },
    { functions: ['src/server/**/*.ts'], targets: ['react'] },
  )
  await symlink(join(repository, 'node_modules'), join(project.root, 'node_modules'))
  await project.generate()
  await project.write('mizan.config.ts', 'import "nothing"')
  await project.write('src/main.ts', main)
  return project
}

async function bundle(project: SourceProject): Promise<string> {
  const output = await build({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [mizan()],
    resolve: { conditions: ['@mizan/source', 'module', 'browser'] },
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: join(project.root, 'src/main.ts') },
    },
  })
  const [first] = Array.isArray(output) ? output : [output]
  return first !== undefined && 'output' in first
    ? first.output.map((chunk) => ('code' in chunk ? chunk.code : '')).join('')
    : ''
}

describe('a client bundle', () => {
  test.for([
    [
      `import { client } from '@mizan/server'\nconsole.log(client)`,
      'src/main.ts imports @mizan/server, which is server code',
    ],
    [
      `import { createDbClient } from '@mizan/db'\nconsole.log(createDbClient)`,
      'src/main.ts imports @mizan/db, which is server code',
    ],
    [
      `import { postgres } from '@mizan/db-postgres'\nconsole.log(postgres)`,
      'src/main.ts imports @mizan/db-postgres, which is server code',
    ],
    [
      `import { echo } from './server/tasks.ts'\nconsole.log(echo)`,
      'src/main.ts imports src/server/tasks.ts, which holds server functions',
    ],
    [
      `import('./server/tasks.ts').then(console.log)`,
      'src/main.ts imports src/server/tasks.ts, which holds server functions',
    ],
    [
      `import { secret } from './server/secret.ts'\nconsole.log(secret)`,
      'src/server/secret.ts imports @mizan/db, which is server code',
    ],
    [
      `import { functions } from '../mizan/server.gen.ts'\nconsole.log(functions)`,
      'src/main.ts imports mizan/server.gen.ts, the registry of the server',
    ],
  ] as const)('%s is refused', async ([main, message]) => {
    await using project = await pageProject(main)
    await expect(bundle(project)).rejects.toThrow(message)
    await expect(bundle(project)).rejects.toThrow('import the hook from react.gen')
  })

  test('takes types from server modules, and calls from the generated client', async () => {
    await using project = await pageProject(
      `import type { Task } from './server/tasks.ts'\nimport { callEcho } from '../mizan/client.gen.ts'\nconst task: Task = { id: 1 }\nvoid callEcho({ text: String(task.id) })`,
    )
    const code = await bundle(project)
    expect(code).toContain('callEcho')
    expect(code).not.toContain('the secret')
  })
})

async function devServer(project: SourceProject): Promise<ViteDevServer & AsyncDisposable> {
  const server = await createServer({
    root: project.root,
    configFile: false,
    logLevel: 'silent',
    plugins: [mizan()],
    server: { port: 0, host: '127.0.0.1' },
    optimizeDeps: { noDiscovery: true },
  })
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() })
}

test('standard decorators are lowered for the server side', async () => {
  const source = (name: string): string => `
    const seen: string[] = []
    function mark(method: unknown, context: { kind: string; name: string }): void { seen.push(context.kind + ' ' + context.name) }
    /** @param nothing in a comment is not a decorator */
    export class Tasks { @mark static ${name}(): void {} }
    export { seen }`
  await using project = await sourceProject(
    { 'tasks.ts': source('list') },
    { tsconfig: { experimentalDecorators: false } },
  )
  await using server = await devServer(project)
  const loaded = await server.ssrLoadModule('/src/tasks.ts')
  expect(loaded['seen']).toEqual(['method list'])
})

test('legacy decorators are left to Vite', async () => {
  await using project = await sourceProject({
    'tasks.ts': `
      const seen: string[] = []
      function mark(target: object, key: string): void { seen.push(key) }
      export class Tasks { @mark list(): void {} }
      export { seen }`,
  })
  await using server = await devServer(project)
  expect((await server.ssrLoadModule('/src/tasks.ts'))['seen']).toEqual(['list'])
})

test('what mizan dev cannot follow is shown in the page, and taken away', async () => {
  await using project = await sourceProject({ 'main.ts': 'export {}' })
  const error = join(project.root, '.mizan/dev-error.json')
  await mkdir(join(project.root, '.mizan'))
  await using server = await devServer(project)
  await server.listen()
  const page = await openPage(server)
  expect(await page.next()).toMatchObject({ type: 'connected' })

  const tell = async (content: object): Promise<void> => {
    await writeFile(`${error}.tmp`, JSON.stringify(content))
    await rename(`${error}.tmp`, error)
  }
  const place = { file: 'src/tasks.ts', line: 4, column: 21 }
  await tell({ message: 'Expression expected.', ...place, serverRuns: true })
  const shown = {
    type: 'error',
    err: {
      message:
        'The server could not follow the last edit and runs as before.\n\nExpression expected.',
      loc: { file: join(project.root, 'src/tasks.ts'), line: 4, column: 21 },
    },
  }
  expect(await page.next()).toMatchObject(shown)

  // A page that is opened meanwhile is told as well.
  const late = await openPage(server)
  expect([await late.next(), await late.next()]).toContainEqual(
    expect.objectContaining({ type: 'error' }),
  )

  await tell({ message: 'TypeError: no port', serverRuns: false })
  expect(await page.next()).toMatchObject({
    err: { message: 'The server is not running.\n\nTypeError: no port' },
  })

  await rm(error)
  expect(await page.next()).toEqual({ type: 'update', updates: [] })
})

interface Page {
  next(): Promise<unknown>
}

/** What a page's Vite client is told, in order. */
async function openPage(server: ViteDevServer): Promise<Page> {
  const address = server.httpServer?.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const socket = new WebSocket(
    `ws://127.0.0.1:${port}/?token=${server.config.webSocketToken}`,
    'vite-hmr',
  )
  const told: unknown[] = []
  const waiting: ((message: unknown) => void)[] = []
  socket.addEventListener('message', ({ data }) => {
    const message: unknown = JSON.parse(String(data))
    const first = waiting.shift()
    if (first === undefined) told.push(message)
    else first(message)
  })
  await new Promise((opened, failed) => {
    socket.addEventListener('open', opened)
    socket.addEventListener('error', failed)
  })
  return {
    next: () =>
      told.length > 0
        ? Promise.resolve(told.shift())
        : new Promise((settle) => waiting.push(settle)),
  }
}

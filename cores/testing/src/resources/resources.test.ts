import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { Redis } from 'ioredis'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import {
  browser,
  expressApp,
  freePort,
  mariadb,
  MissingToolError,
  nodeServer,
  postgres,
  redis,
  temporaryFolder,
  workerd,
} from '../resources.ts'
import { findTool } from './tool.ts'

afterEach(() => void vi.unstubAllEnvs())

test('a temporary folder is gone after its scope, with what is in it', async () => {
  let path: string
  {
    await using folder = await temporaryFolder()
    path = folder.path
    await writeFile(join(path, 'note'), 'here')
    await access(join(path, 'note'))
  }
  await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('nobody listens on a free port', async () => {
  const port = await freePort()
  const client = createConnection(port, '127.0.0.1')
  await expect(once(client, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a missing tool is named together with the way to get it', async () => {
  const missing = findTool(['no-such-server'], 'run `apt-get install no-such-server`')
  await expect(missing).rejects.toThrow(MissingToolError)
  await expect(missing).rejects.toThrow(
    /no-such-server is not installed: run `apt-get install no-such-server`.*make test/,
  )
})

test('redis() answers and starts empty', async () => {
  await using resource = await redis()
  const client = new Redis(resource.url)
  await client.set('name', 'value')
  expect(await client.get('name')).toBe('value')
  await client.quit()
  await using another = await redis()
  const second = new Redis(another.url)
  expect(await second.get('name')).toBe(null)
  await second.quit()
})

test('redis() keeps to its prefix on the server of REDIS_URL and leaves nothing there', async () => {
  await using server = await redis()
  vi.stubEnv('REDIS_URL', server.url)
  const inspector = new Redis(server.url)
  const prefix = inspector.options.keyPrefix ?? ''
  {
    await using corner = await redis()
    const client = new Redis(corner.url)
    await client.set('name', 'value')
    expect(await inspector.get(corner.prefix.slice(prefix.length) + 'name')).toBe('value')
    await client.quit()
    expect(await inspector.keys(`${corner.prefix}*`)).toHaveLength(1)
  }
  expect(await inspector.keys(`${prefix}mizan-test-*`)).toEqual([])
  await inspector.quit()
})

test('postgres() gives an empty database', async () => {
  await using resource = await postgres()
  const client = new pg.Client({ connectionString: resource.url })
  await client.connect()
  await client.query('CREATE TABLE note (text text)')
  await client.query("INSERT INTO note VALUES ('Grüße')")
  expect((await client.query('SELECT text FROM note')).rows).toEqual([{ text: 'Grüße' }])
  await client.end()
})

test('postgres() creates a database on the server of DATABASE_URL and drops it', async () => {
  await using server = await postgres()
  vi.stubEnv('DATABASE_URL', server.url)
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const databases = async (): Promise<string> =>
    JSON.stringify((await client.query('SELECT datname FROM pg_database')).rows)
  {
    await using fresh = await postgres()
    expect(await databases()).toContain(new URL(fresh.url).pathname.slice(1))
  }
  expect(await databases()).not.toContain('mizan_test_')
  await client.end()
})

test('postgres() takes server settings', async () => {
  await using resource = await postgres({ settings: { wal_level: 'logical' } })
  const client = new pg.Client({ connectionString: resource.url })
  await client.connect()
  expect((await client.query('SHOW wal_level')).rows).toEqual([{ wal_level: 'logical' }])
  await client.end()
})

test('mariadb() gives an empty database', async () => {
  await using resource = await mariadb()
  const connection = await mysql.createConnection(resource.url)
  expect(await connection.query('SHOW TABLES').then(([rows]) => rows)).toEqual([])
  await connection.query('CREATE TABLE note (text VARCHAR(20))')
  await connection.query("INSERT INTO note VALUES ('Grüße')")
  const [rows] = await connection.query('SELECT text FROM note')
  expect(rows).toEqual([{ text: 'Grüße' }])
  await connection.end()
})

test('mariadb() creates a database on the server of MYSQL_URL and drops it', async () => {
  await using server = await mariadb()
  vi.stubEnv('MYSQL_URL', server.url)
  const connection = await mysql.createConnection(server.url)
  const databases = async (): Promise<string> =>
    JSON.stringify(await connection.query('SHOW DATABASES').then(([rows]) => rows))
  {
    await using fresh = await mariadb()
    expect(await databases()).toContain(new URL(fresh.url).pathname.slice(1))
  }
  expect(await databases()).not.toContain('mizan_test_')
  await connection.end()
})

test('browser() runs a page', async () => {
  await using resource = await browser()
  const page = await resource.browser.newPage()
  await page.setContent('<button onclick="document.title = \'clicked\'">Go</button>')
  await page.getByRole('button', { name: 'Go' }).click()
  expect(await page.title()).toBe('clicked')
})

test('workerd() answers over its port and by dispatch, with bindings', async () => {
  await using worker = await workerd({
    modules: true,
    script: `export default { async fetch(request, env) {
      return new Response(env.GREETING + ' ' + new URL(request.url).pathname)
    } }`,
    bindings: { GREETING: 'hello' },
  })
  expect(await (await fetch(`${worker.url}/port`)).text()).toBe('hello /port')
  expect(await (await worker.dispatch('https://example.test/dispatch')).text()).toBe(
    'hello /dispatch',
  )
})

test('nodeServer() ends the connections that are open', async () => {
  const server = await nodeServer((_, response) => response.write('first'))
  const reader = (await fetch(server.url)).body!.getReader()
  await reader.read()
  await server[Symbol.asyncDispose]()
  await expect(reader.read()).rejects.toThrow('terminated')
  await expect(fetch(server.url)).rejects.toThrow('fetch failed')
})

test('expressApp() serves an Express application', async () => {
  const app = express()
  app.get('/hello', (_, response) => void response.send('hi'))
  await using server = await expressApp(app)
  expect(await (await fetch(`${server.url}/hello`)).text()).toBe('hi')
})

test('servers, what they have started, and their folders end with a test process that is killed', async () => {
  const script = fileURLToPath(new URL('./killed.fixture.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@mizan/source', '--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { pids, folder } = JSON.parse(line.toString('utf8')) as { pids: number[]; folder: string }
  expect(pids).toHaveLength(4)
  expect(pids.filter(isRunning)).toEqual(pids)
  child.kill('SIGKILL')
  await expect.poll(() => pids.filter(isRunning)).toEqual([])
  await expect.poll(() => existsSync(folder)).toBe(false)
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

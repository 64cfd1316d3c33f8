import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { startEmbedded } from './embedded.ts'
import { isAlive } from './embedded/postmaster.ts'

const folder = mkdtempSync(join(tmpdir(), 'mizan-embedded-'))
execFileSync('chmod', ['755', folder])
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text, rowMode: 'array' })
    return rows.flat()
  } finally {
    await client.end()
  }
}

function processOf(directory: string): number {
  return Number(readFileSync(join(directory, 'data/postmaster.pid'), 'utf8').split('\n')[0])
}

function processes(column: string, by: '-p' | '--ppid', id: number): number[] {
  const text = execFileSync('ps', ['-o', `${column}=`, by, String(id)], { encoding: 'utf8' })
  return text.trim().split(/\s+/).map(Number)
}

async function gone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { interval: 20 }).toBe(false)
}

test('rows written in one run are there in the next', async () => {
  const dataDirectory = join(folder, 'kept')
  {
    await using server = await startEmbedded({ dataDirectory })
    await ask(server.url, 'create table kept as select 42 as answer')
  }
  expect(existsSync(join(dataDirectory, 'data/postmaster.pid'))).toBe(false)
  await using server = await startEmbedded({ dataDirectory })
  expect(await ask(server.url, 'select answer from kept')).toEqual([42])
})

test('a second start joins the running server, which ends with its last user', async () => {
  const dataDirectory = join(folder, 'shared')
  const first = await startEmbedded({ dataDirectory, ephemeral: true })
  const second = await startEmbedded({ dataDirectory, ephemeral: true })
  expect([first.attached, second.attached]).toEqual([false, true])
  const pid = processOf(dataDirectory)
  await first.stop()
  expect(await ask(second.url, 'select 1')).toEqual([1])
  await second.stop()
  expect(isAlive(pid)).toBe(false)
})

test('two starts at the same moment share one server', async () => {
  const dataDirectory = join(folder, 'racing')
  const servers = await Promise.all(
    [1, 2, 3].map(() => startEmbedded({ dataDirectory, ephemeral: true })),
  )
  expect(servers.filter((server) => !server.attached)).toHaveLength(1)
  await Promise.all(servers.map((server) => server.stop()))
})

test('a killed owner takes the server with it', async () => {
  const dataDirectory = join(folder, 'orphan')
  const script = `
    import { startEmbedded } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))}
    const server = await startEmbedded({ dataDirectory: ${JSON.stringify(dataDirectory)}, ephemeral: true })
    process.stdout.write(server.url)
    setInterval(() => {}, 1000)
  `
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '--import tsx' },
  })
  await once(owner.stdout, 'data')
  const pid = processOf(dataDirectory)
  owner.kill('SIGKILL')
  await gone(pid)
  await using server = await startEmbedded({ dataDirectory, ephemeral: true })
  expect(await ask(server.url, 'select 1')).toEqual([1])
})

test('a server whose watcher was killed is ended and replaced', async () => {
  const dataDirectory = join(folder, 'leftover')
  const first = await startEmbedded({ dataDirectory, ephemeral: true })
  const pid = processOf(dataDirectory)
  const [watcher] = processes('ppid', '-p', pid)
  const [reader] = processes('pid', '--ppid', watcher!).filter((child) => child !== pid)
  const [cat] = processes('pid', '--ppid', reader!)
  for (const part of [watcher, reader, cat]) process.kill(part!, 'SIGKILL')
  await gone(cat!)
  expect(isAlive(pid)).toBe(true)
  await using second = await startEmbedded({ dataDirectory, ephemeral: true })
  expect(await ask(second.url, 'select 1')).toEqual([1])
  await first.stop()
})

test('a process that nobody collects after its end is no running one', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  const child = Number(line)
  parent.kill('SIGSTOP')
  process.kill(child, 'SIGKILL')
  await gone(child)
  // It still has its place in the table.
  expect(process.kill(child, 0)).toBe(true)
  expect(isAlive(parent.pid!)).toBe(true)
  parent.kill('SIGKILL')
})

test('a postmaster.pid of a process that is something else does not stop a start', async () => {
  const dataDirectory = join(folder, 'stale')
  await (await startEmbedded({ dataDirectory, ephemeral: true })).stop()
  writeFileSync(
    join(dataDirectory, 'data/postmaster.pid'),
    `${process.pid}\n${dataDirectory}/data\n`,
  )
  await using server = await startEmbedded({ dataDirectory, ephemeral: true })
  expect(await ask(server.url, 'select 1')).toEqual([1])
})

test.skipIf(process.getuid?.() !== 0)(
  'a folder that nobody cannot enter is replaced by one that it can',
  async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const said: string[] = []
    await using server = await startEmbedded({
      dataDirectory: join(closed, 'pg'),
      ephemeral: true,
      logger: { info: (message) => said.push(message) },
    })
    expect(server.dataDirectory).not.toContain(closed)
    expect(said.join()).toContain(closed)
    expect(await ask(server.url, 'select 1')).toEqual([1])
    await server.stop()
    rmSync(server.dataDirectory, { recursive: true, force: true })
  },
)

test('a setting that PostgreSQL refuses is named in the error', async () => {
  const start = startEmbedded({
    dataDirectory: join(folder, 'bad'),
    settings: { no_such_setting: '1' },
  })
  await expect(start).rejects.toThrow(/no_such_setting/)
})

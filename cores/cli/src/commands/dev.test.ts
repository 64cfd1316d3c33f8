import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject, type CliProject, type Running } from '../../test/cli-project.ts'

const tasks = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`

/** A server that tells what it serves, and ends when asked. */
const main = `
import { createServer } from 'node:http'
import { functions } from '../mizan/server.gen.ts'
const names = Object.keys(functions.artifact.functions).join(' ')
const server = createServer((_, response) => response.end(names))
server.listen(0, '127.0.0.1', () => console.log('listening on ' + server.address().port + ' with ' + names + ';'))
`

const command = [
  'dev',
  '--',
  process.execPath,
  '--conditions=@mizan/source',
  '--import',
  'tsx',
  'src/main.ts',
] as const

async function devProject(): Promise<CliProject> {
  return cliProject(`{ functions: ['src/**/*.ts'] }`, {
    'src/tasks.ts': tasks,
    'src/main.ts': main,
  })
}

async function listening(
  running: Running,
): Promise<{ readonly url: string; readonly names: string }> {
  const [, port, names = ''] = await running.until(/listening on (\d+) with ([^;]*);/)
  return { url: `http://127.0.0.1:${port}/`, names }
}

async function devError(project: CliProject): Promise<unknown> {
  return JSON.parse(await project.read('.mizan/dev-error.json'))
}

test('an edit gives a typed hook within two seconds, and a server that serves it', async () => {
  await using project = await devProject()
  await using running = project.start(...command)
  const first = await listening(running)
  expect(first.names).toBe('echo')
  await running.until(/watching for edits/)

  const start = performance.now()
  await project.write('src/tasks.ts', `${tasks}export const twice = client((n: number) => n * 2)\n`)
  await running.until(/2 functions, wrote/)
  expect(performance.now() - start).toBeLessThan(2000)
  expect(await project.read('mizan/client.gen.ts')).toContain('export function callTwice(')

  const second = await listening(running)
  expect(second.names).toBe('echo twice')
  expect(await (await fetch(second.url)).text()).toBe('echo twice')
  await expect(fetch(first.url)).rejects.toThrow()
})

test('a syntax error keeps the old server, and is told until it is gone', async () => {
  await using project = await devProject()
  await using running = project.start(...command)
  const { url } = await listening(running)
  await running.until(/watching for edits/)

  await project.write('src/tasks.ts', `${tasks}export const broken = client((\n`)
  await running.until(
    /src\/tasks\.ts:3:31 is not valid TypeScript[^]*the server keeps running as it was/,
  )
  expect(await (await fetch(url)).text()).toBe('echo')
  await expect.poll(() => existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(true)
  expect(await devError(project)).toMatchObject({
    file: 'src/tasks.ts',
    line: 3,
    message: expect.stringContaining('not valid TypeScript'),
  })

  await project.write('src/tasks.ts', tasks)
  await listening(running)
  expect(existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(false)
})

test('a type that cannot cross keeps the old server too', async () => {
  await using project = await devProject()
  await using running = project.start(...command)
  const { url } = await listening(running)
  await running.until(/watching for edits/)
  await project.write('src/tasks.ts', tasks.replace('string', 'symbol'))
  await running.until(/argument text is a symbol[^]*the server keeps running/)
  expect(await (await fetch(url)).text()).toBe('echo')
})

test('a server that fails at boot is told, and the next edit starts it again', async () => {
  await using project = await devProject()
  await using running = project.start(...command)
  await listening(running)
  await running.until(/watching for edits/)

  await project.write('src/main.ts', `throw new TypeError('no port')\n`)
  await running.until(/the command ended with code 1: TypeError: no port; waiting for an edit/)
  await expect
    .poll(() => devError(project).catch(() => undefined))
    .toMatchObject({ file: 'src/main.ts', line: 1 })

  await project.write('src/main.ts', main)
  await listening(running)
  expect(existsSync(join(project.root, '.mizan/dev-error.json'))).toBe(false)
})

test('source with problems at the start is mended by the first edit', async () => {
  await using project = await devProject()
  await project.write('src/tasks.ts', tasks.replace('string', 'symbol'))
  await using running = project.start(...command)
  await running.until(/problems; nothing was written[^]*watching for edits/)
  await project.write('src/tasks.ts', tasks)
  expect((await listening(running)).names).toBe('echo')
})

test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the whole process group', async (signal) => {
  await using project = await devProject()
  // A command that starts another: ending only the first would leave the server behind.
  await project.write(
    'src/parent.ts',
    `
    import { spawn } from 'node:child_process'
    spawn(process.execPath, ['--conditions=@mizan/source', '--import', 'tsx', 'src/main.ts'], { stdio: 'inherit' })`,
  )
  const [dev, separator, ...rest] = command
  await using running = project.start(dev, separator, ...rest.slice(0, -1), 'src/parent.ts')
  const { url } = await listening(running)
  running.signal(signal)
  expect((await running.ended).code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

test('the database is started, migrated and given to the server', async () => {
  await using project = await cliProject(
    `{ functions: ['src/functions/*.ts'], db: { schema: 'src/schema.ts', dialect: 'postgres', migrations: 'migrations' } }`,
    {
      'src/schema.ts': `import { serial, table, text } from '@mizan/db'\nexport const tasks = table('tasks', { id: serial().primaryKey(), title: text().notNull() })\n`,
      'src/main.ts': `
        import pg from 'pg'
        const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
        await client.connect()
        const { rows } = await client.query('select count(*)::int as count from tasks')
        console.log('tasks: ' + rows[0].count + ';')
        await client.end()`,
    },
  )
  await project.run('db', 'generate', 'add tasks')
  await using running = project.start(...command)
  await running.until(/applying \d+_add_tasks/)
  await running.until(/tasks: 0;/)
  await running.until(/watching for edits/)

  // A new migration is applied before the command runs again.
  const schema = await project.read('src/schema.ts')
  await project.write(
    'src/schema.ts',
    `${schema}export const labels = table('labels', { id: serial().primaryKey() })\n`,
  )
  await running.until(/the schema changed; mizan db generate <name> writes the migration/)
  await project.run('db', 'generate', 'add labels')
  await running.until(/applying \d+_add_labels/)
  await running.until(/tasks: 0;/)
  running.signal('SIGINT')
  expect((await running.ended).code).toBe(0)
})

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cliProject, type CliProject } from '../test/cli-project.ts'

const echo = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`
const config = `{ functions: ['src/**/*.ts'] }`

beforeEach(() => void vi.stubEnv('DATABASE_URL', ''))
afterEach(() => void vi.unstubAllEnvs())

/** The one line that a command prints with `--json`. */
async function answer(project: CliProject, ...args: readonly string[]): Promise<unknown> {
  const { code, output } = await project.run(...args, '--json')
  expect(output.trimEnd().split('\n')).toHaveLength(1)
  const given: unknown = JSON.parse(output)
  expect(given).toMatchObject({ code, ok: code === 0 })
  // Whatever went wrong, a machine is told in words.
  if (code !== 0) expect(given).toMatchObject({ message: expect.stringMatching(/\w{3}/) })
  return given
}

describe('with --json every command prints one line of one shape', () => {
  test.for<readonly [readonly string[], object]>([
    [
      ['generate'],
      {
        command: 'generate',
        code: 0,
        result: { functions: 1, changed: expect.any(Array) },
        problems: [],
      },
    ],
    [
      ['generate', '--check'],
      {
        command: 'generate',
        code: 1,
        result: { stale: expect.arrayContaining(['mizan/client.gen.ts']) },
        message: '3 generated files are stale; run mizan generate',
      },
    ],
    [['manifest'], { command: 'manifest', code: 0, result: { base: '/api/mizan' } }],
    [['manifest', '--out', 'edge.json'], { result: { out: 'edge.json', changed: true } }],
    [['openapi'], { command: 'openapi', code: 0, result: { openapi: '3.1.1' } }],
    [['schema'], { command: 'schema', code: 0, result: {} }],
    [['mcp'], { command: 'mcp', code: 0, result: { tools: [{ name: 'echo' }] } }],
    [['inspect', 'echo'], { command: 'inspect', code: 0, result: { echo: { key: 'echo' } } }],
    [['init'], { command: 'init', code: 0, result: { kept: ['mizan.config.ts'] } }],
    [
      ['inspect', 'nope'],
      {
        command: 'inspect',
        code: 1,
        message: 'no function, context or channel is called "nope"; there is echo',
      },
    ],
    [
      ['db', 'migrate', 'status'],
      {
        command: 'db migrate status',
        code: 1,
        message: expect.stringContaining('has no database'),
      },
    ],
    [
      ['inspect'],
      { command: 'inspect', code: 2, message: expect.stringContaining('needs <name>') },
    ],
    [['nope'], { command: '', code: 2, message: expect.stringContaining('has no command "nope"') }],
    [
      ['generate', '--nope'],
      { command: 'generate', code: 2, message: expect.stringContaining(`'--nope'`) },
    ],
  ])('%j', async ([args, expected]) => {
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    expect(await answer(project, ...args)).toMatchObject(expected)
  })

  test('also of a database, and of commands that only list', async () => {
    await using project = await cliProject(
      `{ functions: ['src/*.ts'], db: { schema: 'src/schema.ts', dialect: 'sqlite', migrations: 'migrations' } }`,
      {
        'src/schema.ts': `import { serial, table } from '@mizan/db'\nexport const tasks = table('tasks', { id: serial().primaryKey() })\n`,
      },
    )
    expect(await answer(project, 'db', 'generate', 'first')).toMatchObject({ ok: true })
    expect(await answer(project, 'db', 'migrate', 'status')).toMatchObject({
      ok: false,
      code: 1,
      result: { pending: [expect.stringMatching(/^\d+_first$/)] },
    })
  })

  test('problems of the source come as places, from every command that reads it', async () => {
    await using project = await cliProject(config, {
      'src/echo.ts': echo.replace(': string', ': symbol'),
    })
    const problems = expect.arrayContaining([
      {
        message: expect.stringContaining('argument text is a symbol'),
        file: 'src/echo.ts',
        line: 2,
        column: 29,
      },
    ])
    for (const args of [
      ['generate'],
      ['generate', '--check'],
      ['manifest'],
      ['openapi'],
      ['inspect', 'echo'],
    ])
      expect(await answer(project, ...args)).toMatchObject({ ok: false, code: 1, problems })
  })

  test('with --watch, one line a run', async () => {
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    await using running = project.start('generate', '--watch', '--json')
    await running.until(/^\{"ok":true,.*"functions":1.*\}\n/m)
    await running.until(/watching for edits/)
    await project.write('src/two.ts', echo.replace('echo', 'two'))
    await running.until(/^\{"ok":true,.*"functions":2.*\}\n/m)
    await project.write('src/two.ts', echo.replace('string', 'symbol'))
    const [line] = await running.until(/^\{"ok":false,.*"problems":\[\{.*\}\n/m)
    expect(JSON.parse(line)).toMatchObject({ code: 1, problems: expect.any(Array) })
  })
})

test('what follows -- is not for us', async () => {
  await using project = await cliProject(config)
  const { code, output, errors } = await project.run('manifest', '--', '--json')
  expect({ code, output }).toEqual({ code: 2, output: '' })
  expect(errors).toContain('takes nothing after --')
})

import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type DbProject, dbProject, sqliteIsThere } from '../../../test/db-project.ts'
import { main } from '../../main.ts'
import { createTerminal, type TerminalStreams } from '../../terminal.ts'

beforeEach(() => {
  vi.stubEnv('DATABASE_URL', '')
  vi.stubEnv('CI', '')
  vi.stubEnv('NO_COLOR', '1')
})
afterEach(() => void vi.unstubAllEnvs())

/** `name` has become `full_name` or `nick`, or neither. */
async function renamed(): Promise<DbProject> {
  const project = await dbProject('sqlite')
  await project.people('name: text()')
  await project.db('generate', 'people')
  await project.people('fullName: text(), nick: text()')
  return project
}

interface Sitting {
  readonly code: number
  readonly screen: string
}

/** Somebody sits at a terminal, and answers each question with the next of `keys`. */
async function sitting(
  { root }: DbProject,
  words: readonly string[],
  keys: readonly string[],
): Promise<Sitting> {
  const make = (): PassThrough =>
    Object.assign(new PassThrough().setEncoding('utf8'), {
      isTTY: true,
      columns: 200,
      setRawMode: () => undefined,
    })
  const streams = { stdin: make(), stdout: make(), stderr: make() }
  let screen = ''
  const left = [...keys]
  streams.stderr.on('data', (text: string) => {
    screen += text
    if (text.includes('[y/N]')) streams.stdin.write(left.shift() ?? '')
  })
  const terminal = createTerminal(streams as unknown as TerminalStreams) // cast: all that is asked of them
  const code = await main(words, { folder: root, terminal })
  return { code, screen }
}

const generate = ['db', 'generate', 'rename'] as const

describe.skipIf(!sqliteIsThere)('a column that is gone beside one that is new', () => {
  test('is asked about on a terminal; yes is a rename, and nothing more is asked of either', async () => {
    await using project = await renamed()
    const { code, screen } = await sitting(project, generate, ['n\r', 'y\r'])
    expect(code).toBe(0)
    expect(screen).toContain('column people.name is gone and full_name is new: renamed? [y/N]')
    expect(screen).toContain('rename column people.name to nick')
    expect(screen).not.toContain('loses data')
    const [, last = ''] = await project.ids()
    expect(await project.read(`migrations/${last}/up.sql`)).toContain('rename column')
    expect((await project.db('generate', 'nothing')).result.written).toBeNull()
  })

  test.for([
    ['no', 'n\r'],
    ['nothing', '\r'],
    ['something else', 'maybe\r'],
  ])('%s is no rename', async ([, key = '']) => {
    await using project = await renamed()
    const { code, screen } = await sitting(project, generate, [key, key])
    expect(code).toBe(0)
    expect(screen).toContain('loses data: drop column people.name')
  })

  test.for([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('%s at the question writes nothing', async ([, key = '']) => {
    await using project = await renamed()
    const { code, screen } = await sitting(project, generate, [key])
    expect(code).toBe(130)
    expect(screen).toContain('stopped; nothing was written')
    expect(await project.ids()).toHaveLength(1)
  })

  test('what --rename states is not asked', async () => {
    await using project = await renamed()
    const words = [...generate, '--rename', 'people.name=people.full_name'] as const
    const { screen } = await sitting(project, words, [])
    expect(screen).not.toContain('[y/N]')
    expect(screen).toContain('rename column people.name to full_name')
  })

  test('is not asked in CI, nor by machines: they are told what to say', async () => {
    await using project = await renamed()
    vi.stubEnv('CI', 'true')
    const { code, screen } = await sitting(project, generate, [])
    expect(code).toBe(0)
    expect(screen).not.toContain('[y/N]')
    expect(screen).toContain('say --rename people.name=people.full_name')
    const [, last = ''] = await project.ids()
    await project.remove(`migrations/${last}`)
    vi.stubEnv('CI', '')
    const { result } = await project.db('generate', 'rename')
    expect(result.written.possibleRenames).toEqual([
      'people.name=people.full_name',
      'people.name=people.nick',
    ])
  })

  test('a rename that is none is refused with what one is', async () => {
    await using project = await renamed()
    const answer = await project.db('generate', 'rename', '--rename', 'people.name')
    expect(answer.message).toContain(
      'write table.column=table.new_name, table=new_name, or schema.table=other_schema.table',
    )
    expect(await project.ids()).toHaveLength(1)
  })
})

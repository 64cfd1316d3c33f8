import { execFile } from 'node:child_process'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { cliProject, type CliProject } from '../test/cli-project.ts'

const echo = `import { client } from '@mizan/server'\nexport const echo = client((text: string) => text)\n`
/** One that takes what its type says, and returns a number. */
const size = `import { client } from '@mizan/server'\nexport const size = client((text: string) => 1)\n`
const config = `{ functions: ['src/**/*.ts'], targets: ['react'] }`

/** What the folder of the generated files holds, temporary files among it. */
function generated({ root }: CliProject): Promise<string[]> {
  return readdir(join(root, 'mizan')).then(
    (names) => names.sort(),
    () => [],
  )
}

const all = ['artifact.gen.json', 'client.gen.ts', 'react.gen.ts', 'server.gen.ts']

describe('broken source is told with its place, once, and nothing is written', () => {
  test.for<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'a syntax error',
      { 'src/echo.ts': `${echo}export const broken = client((` },
      ['src/echo.ts:3:31 is not valid TypeScript: Expression expected.'],
    ],
    [
      'a type that is not there',
      { 'src/echo.ts': size.replace('string', 'Strnig') },
      [`src/echo.ts:2:29 size: argument text has a type that could not be resolved`],
    ],
    [
      'a module that is not there',
      { 'src/echo.ts': `import type { A } from './a.ts'\n${size.replace('string', 'A')}` },
      [`src/echo.ts:1:24 there is no module './a.ts'`],
    ],
    [
      'a type that cannot cross',
      { 'src/echo.ts': size.replace('string', 'WeakMap<object, string>') },
      ['src/echo.ts:2:29 size: argument text is a WeakMap, which cannot cross; pass a Map'],
    ],
    [
      'one name twice',
      { 'src/echo.ts': echo, 'src/other.ts': echo },
      ['src/other.ts:2:14 echo is "echo" on the wire, and so is echo at src/echo.ts:2:14'],
    ],
    [
      'types that are made of each other without end',
      {
        'src/echo.ts': `import { client } from '@mizan/server'\nimport type { B } from './b.ts'\nexport type A = B\nexport const echo = client((a: A) => 1)\n`,
        'src/b.ts': `import type { A } from './echo.ts'\nexport type B = A\n`,
      },
      ['src/echo.ts:4:29 echo: argument a has a type that could not be resolved'],
    ],
    [
      'settings that are no JSON',
      { 'src/echo.ts': echo, 'tsconfig.json': '{ "compilerOptions": {' },
      [`tsconfig.json:1:23 cannot be used: '}' expected.`],
    ],
    [
      'lines that end as on Windows',
      { 'src/echo.ts': size.replace('string', 'symbol').replaceAll('\n', '\r\n') },
      ['src/echo.ts:2:29 size: argument text is a symbol'],
    ],
  ])('%s', async ([, files, messages]) => {
    await using project = await cliProject(config, files)
    const { code, errors, output } = await project.run('generate')
    const lines = errors.trimEnd().split('\n')
    expect({ code, output }).toEqual({ code: 1, output: '' })
    expect(lines).toHaveLength(messages.length + 1)
    for (const [index, message] of messages.entries()) expect(lines[index]).toContain(message)
    expect(lines.at(-1)).toContain('nothing was written')
    expect(await generated(project)).toEqual([])

    // The same for machines.
    const answer: unknown = JSON.parse((await project.run('generate', '--json')).output)
    expect(answer).toMatchObject({ ok: false, code: 1, command: 'generate' })
    const { problems } = answer as { readonly problems: readonly { message: string }[] } // cast: documented
    expect(problems).toHaveLength(messages.length)
  })

  test('what was generated before stays as it was', async () => {
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    await project.run('generate')
    const before = await project.read('mizan/client.gen.ts')
    await project.write('src/echo.ts', echo.replace('string', 'symbol'))
    expect(await project.run('generate')).toMatchObject({ code: 1 })
    expect(await project.read('mizan/client.gen.ts')).toBe(before)
    expect(await generated(project)).toEqual(all)
  })
})

describe('source that is only unusual is read', () => {
  test.for<readonly [string, (project: CliProject) => Promise<unknown>]>([
    [
      'modules that import each other',
      async ({ write }) => {
        await write(
          'src/a.ts',
          `import type { B } from './b.ts'\nexport interface A { b?: B }\n${echo.replace('text: string', 'text: A')}`,
        )
        await write('src/b.ts', `import type { A } from './a.ts'\nexport interface B { a?: A }\n`)
      },
    ],
    [
      'a project without tsconfig.json',
      async ({ write, remove }) => {
        await write('src/echo.ts', echo)
        await remove('tsconfig.json')
      },
    ],
    [
      'lines that end as on Windows, after a byte order mark',
      ({ write }) => write('src/echo.ts', `\uFEFF${echo.replaceAll('\n', '\r\n')}`),
    ],
    [
      'a module of two megabytes',
      ({ write }) => {
        const line = (index: number): string =>
          `/** ${'x'.repeat(60)} */ export const name${index} = [1, 2, 3]\n`
        return write(
          'src/echo.ts',
          echo + Array.from({ length: 21_000 }, (_, at) => line(at)).join(''),
        )
      },
    ],
    [
      'an empty module',
      async ({ write }) => {
        await write('src/echo.ts', echo)
        await write('src/empty.ts', '')
      },
    ],
  ])('%s', async ([, prepare]) => {
    await using project = await cliProject(config)
    await prepare(project)
    expect(await project.run('generate')).toMatchObject({
      code: 0,
      errors: expect.stringContaining('1 function, wrote'),
    })
    expect(await generated(project)).toEqual(all)
  })
})

describe('a machine that does not let us', () => {
  test('a file that may not be read is a problem, not a function less', async ({ skip }) => {
    skip(process.platform === 'win32', 'permissions of another kind')
    await using project = await cliProject(config, { 'src/echo.ts': echo, 'src/secret.ts': echo })
    await chmod(join(project.root, 'src/secret.ts'), 0)
    await chmod(project.root, 0o755)
    const { code, stderr } = await unprivileged(project, 'generate')
    expect(stderr).toContain('src/secret.ts:1:1 cannot be read (EACCES)')
    expect(code).toBe(1)
    expect(await generated(project)).toEqual([])
  })

  test('a folder that may not be written is one line', async ({ skip }) => {
    skip(process.platform === 'win32', 'permissions of another kind')
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    await project.write('mizan/kept.txt', '')
    await chmod(join(project.root, 'mizan'), 0o555)
    await chmod(project.root, 0o755)
    const { code, stderr } = await unprivileged(project, 'generate')
    expect(stderr).toMatch(/^mizan EACCES: permission denied, open '.*\.gen\.[a-z]+\.\d+\.tmp'\n$/)
    expect(code).toBe(1)
    expect(await generated(project)).toEqual(['kept.txt'])
  })

  test('a disk that fills up leaves the files of before, and nothing else', async ({ skip }) => {
    skip(process.platform === 'win32', 'no limit of file sizes to stand for a full disk')
    await using project = await cliProject(config, { 'src/echo.ts': echo })
    await project.run('generate')
    const before = await project.read('mizan/client.gen.ts')
    const many = Array.from({ length: 60 }, (_, index) =>
      echo.split('\n')[1]?.replace('echo', `echo${index}`),
    )
    await writeFile(join(project.root, 'src/echo.ts'), `${echo}${many.join('\n')}\n`)
    // No file may become larger than 8 blocks of 512 or 1024 bytes.
    const limited = `trap '' XFSZ; ulimit -f 8; exec "$0" "$@"`
    const { code, stderr } = await ended('sh', ['-c', limited, process.execPath, bin, 'generate'], {
      project,
    })
    expect(stderr).toMatch(/^mizan EFBIG: file too large, write\n$/)
    expect(code).toBe(1)
    expect(await project.read('mizan/client.gen.ts')).toBe(before)
    expect(await generated(project)).toEqual(all)
  })
})

test('Ctrl-C at any time leaves all of the files or none, and nothing else', async () => {
  await using project = await cliProject(config, { 'src/echo.ts': echo })
  await project.run('generate')
  for (const [round, after] of [/^/, /1 function/, /wrote/].entries()) {
    await project.write('src/echo.ts', echo.replaceAll('echo', `say${round}`))
    const running = project.start('generate')
    await running.until(after).catch(() => undefined)
    running.signal('SIGINT')
    await running.ended
    expect(await generated(project)).toEqual(all)
    const names = await Promise.all(
      all.map(async (file) =>
        /say\d/i.exec(await project.read(`mizan/${file}`))?.[0]?.toLowerCase(),
      ),
    )
    expect(new Set(names).size, names.join()).toBe(1)
  }
})

const bin = resolve(fileURLToPath(import.meta.url), '../../bin/mizan.js')

interface Ended {
  readonly code: number
  readonly stderr: string
}

/** As `nobody` when we are root, who may do everything. */
function unprivileged(project: CliProject, ...args: readonly string[]): Promise<Ended> {
  const nobody = { uid: 65_534, gid: 65_534 }
  const account = process.getuid?.() === 0 ? nobody : undefined
  return ended(process.execPath, [bin, ...args], { project, account })
}

interface Where {
  readonly project: CliProject
  readonly account?: { readonly uid: number; readonly gid: number } | undefined
}

async function ended(program: string, args: readonly string[], where: Where): Promise<Ended> {
  const options = { cwd: where.project.root, ...where.account }
  try {
    const { stderr } = await promisify(execFile)(program, [...args], options)
    return { code: 0, stderr }
  } catch (error) {
    return error as Ended // cast: what execFile rejects with
  }
}

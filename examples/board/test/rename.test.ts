import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

interface Copy extends AsyncDisposable {
  readonly root: string
  replace(file: string, from: string, to: string): Promise<void>
  /** Runs a command of the repository; what it says and its exit code. */
  run(command: 'mizan' | 'tsc', ...args: readonly string[]): Promise<Ended>
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The example in a folder of its own, where the packages are found as in its place. */
async function copyOfBoard(): Promise<Copy> {
  const folder = await temporaryFolder()
  const root = join(folder.path, 'examples/board')
  await mkdir(root, { recursive: true })
  for (const name of ['src', 'mizan', 'package.json', 'tsconfig.json', 'mizan.config.ts'])
    await cp(join(repository, 'examples/board', name), join(root, name), { recursive: true })
  for (const name of ['node_modules', 'tsconfig.json'])
    await symlink(join(repository, name), join(folder.path, name))
  return {
    root,
    async replace(file, from, to) {
      const path = join(root, file)
      const text = await readFile(path, 'utf8')
      expect(text).toContain(from)
      await writeFile(path, text.replaceAll(from, to))
    },
    async run(command, ...args) {
      const program = join(repository, 'node_modules/.bin', command)
      const env = { ...process.env, NODE_OPTIONS: '--conditions=@mizan/source' }
      try {
        return { code: 0, ...(await promisify(execFile)(program, [...args], { cwd: root, env })) }
      } catch (error) {
        return error as Ended // cast: what execFile rejects with
      }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

// Four programs, one after the other.
test('a renamed parameter fails the check in CI, and then the page at its call', async () => {
  await using board = await copyOfBoard()
  expect(await board.run('mizan', 'generate')).toMatchObject({ code: 0 })
  expect(await board.run('mizan', 'generate', '--check')).toMatchObject({ code: 0 })

  await board.replace(
    'src/server/projects.ts',
    'renameProject(projectId: number, name: string): Promise<void> {',
    'renameProject(projectId: number, label: string): Promise<void> {\n    const name = label',
  )
  const check = await board.run('mizan', 'generate', '--check')
  expect(check.code).toBe(1)
  expect(check.stderr).toContain('mizan/client.gen.ts is stale\n')

  expect(await board.run('mizan', 'generate')).toMatchObject({ code: 0 })
  const { code, stdout } = await board.run('tsc', '--noEmit', '--pretty', 'false', '-p', '.')
  expect(code).not.toBe(0)
  const errors = stdout.split('\n').filter((line) => /^src\/.*error TS/.test(line))
  expect(errors).toHaveLength(1)
  expect(errors[0]).toMatch(
    /^src\/web\/project\/project-head\.tsx\(\d+,\d+\): error TS2353: .*'name'/,
  )
})

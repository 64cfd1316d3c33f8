import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { fixtures, fixturesFolder } from '../test/fixtures-folder.ts'
import { expectedFiles, FixtureProject, updateFixture } from '../test/fixtures.ts'
import { repository } from '../test/source-project.ts'

describe('source in, artifact and clients out', () => {
  let project: FixtureProject
  beforeAll(() => {
    project = new FixtureProject()
  })

  test.each(fixtures)('%s', async (fixture) => {
    const files = project.generate(fixture)
    expect(files.get('problems')).toBeUndefined()
    if (process.env['MIZAN_UPDATE_FIXTURES']) await updateFixture(fixture, files)
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(await expectedFiles(fixture)))
  })
})

/** What the compiler says about files of the fixtures; our packages are not held to an application's settings. */
async function problemsUnder(options: readonly string[]): Promise<string[]> {
  const args = ['-p', 'tsconfig.json', '--pretty', 'false', ...options]
  const tsc = spawn(join(repository, 'node_modules/.bin/tsc'), args, { cwd: fixturesFolder })
  let output = ''
  tsc.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(tsc, 'close')
  const start = new RegExp(`^(${fixtures.join('|')})/|^error`)
  return output.split('\n').filter((line) => start.test(line))
}

describe('what is generated compiles, and its types fit the values', () => {
  test('under --strict', async () => {
    expect(await problemsUnder([])).toEqual([])
  })

  test('under every stricter setting', async () => {
    const options = [
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--noPropertyAccessFromIndexSignature',
      '--noImplicitOverride',
      '--noUnusedLocals',
      '--noUnusedParameters',
      '--erasableSyntaxOnly',
    ]
    const problems = await problemsUnder(options)
    expect(problems.filter((line) => /^[^(]+\/mizan\/|^error/.test(line))).toEqual([])
  })
})

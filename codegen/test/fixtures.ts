/** The fixtures: one folder for each feature of types, with the source, the values and what is generated. */

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { toArtifact } from '../src/artifact/artifact.ts'
import { type ClientTarget, emitFiles } from '../src/emit/files.ts'
import { formatProblem } from '../src/problem.ts'
import { readApi } from '../src/read/api.ts'
import { ReadMemory } from '../src/read/read-memory.ts'
import { SourceProject } from '../src/read/project.ts'
import { fixturesFolder } from './fixtures-folder.ts'

const targets: readonly ClientTarget[] = ['react', 'vue', 'svelte', 'forms']

/** One program for all fixtures, of which one at a time is read: the types of the libraries are read once. */
export class FixtureProject extends SourceProject {
  #fixture = ''

  constructor() {
    super({ root: fixturesFolder, functions: ['*/src/**/*.ts'] })
  }

  override functionFiles(): ReturnType<SourceProject['functionFiles']> {
    const folder = `${this.#fixture}/src/`
    return super
      .functionFiles()
      .filter(({ fileName }) => this.relativePath(fileName).startsWith(folder))
  }

  /** The generated files of a fixture, or its problems as the only one. */
  generate(fixture: string): ReadonlyMap<string, string> {
    this.#fixture = fixture
    const memory = new ReadMemory()
    const { api, problems } = readApi(this, memory)
    if (problems.length > 0) return new Map([['problems', problems.map(formatProblem).join('\n')]])
    const files = emitFiles(api, {
      written: toArtifact(api, memory.derived),
      derived: memory.derived,
      targets,
      extension: '.ts',
      specifierOf: (module) => posix.relative(`${fixture}/mizan`, module),
    })
    return new Map([...files].flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])))
  }
}

/** What stands in the fixture's `mizan/`. */
export async function expectedFiles(fixture: string): Promise<ReadonlyMap<string, string>> {
  const folder = join(fixturesFolder, fixture, 'mizan')
  const names = existsSync(folder) ? await readdir(folder) : []
  const texts = names.map(
    async (name) => [name, await readFile(join(folder, name), 'utf8')] as const,
  )
  return new Map(await Promise.all(texts))
}

/** Writes a fixture's `mizan/`. */
export async function updateFixture(
  fixture: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const folder = join(fixturesFolder, fixture, 'mizan')
  await mkdir(folder, { recursive: true })
  for (const [name, text] of files) await writeFile(join(folder, name), text)
}

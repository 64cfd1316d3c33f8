/** A project with a database, and its migrations within reach. */

import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { cliProject, type CliProject } from './cli-project.ts'

/** Node 20 has no `node:sqlite`. */
export const sqliteIsThere: boolean = await import('node:sqlite').then(
  () => true,
  () => false,
)

/** What `--json` printed. */
export interface JsonAnswer {
  readonly ok: boolean
  readonly code: number
  readonly message?: string
  // eslint-disable-next-line typescript/no-explicit-any
  readonly result?: any // cast: each test asserts the shape that it asks for
}

export interface DbProject extends CliProject {
  /** Runs `mizan db … --json`, whose output is one document with a message when it failed. */
  db(...words: readonly string[]): Promise<JsonAnswer>
  /** Declares the columns of `people`, from then on. A module is loaded once in a process: each schema is a file of its own. */
  people(columns?: string): Promise<void>
  /** Ids of the migrations. */
  ids(): Promise<readonly string[]>
  /** Takes a migration out of the folder, until it is restored. */
  moveAside(id: string): Promise<{ restore(): Promise<void> }>
}

/** Makes one; commands that are started get `environment`. */
export async function dbProject(
  dialect: 'sqlite' | 'postgres' | 'mysql' | 'd1',
  environment: Readonly<Record<string, string>> = {},
): Promise<DbProject> {
  const project = await cliProject('{ functions: [] }', {}, environment)
  let schemas = 0
  const people = async (columns = ''): Promise<void> => {
    schemas += 1
    const file = `schema-${schemas}.ts`
    await project.write(
      file,
      `import { integer, serial, table, text, varchar } from '@mizan/db'\nexport const people = table('people', { id: serial().primaryKey(), ${columns} })\nvoid [integer, text, varchar]\n`,
    )
    await project.write(
      'mizan.config.ts',
      `export default { functions: ['functions.ts'], db: { schema: '${file}', dialect: '${dialect}', migrations: 'migrations' } }\n`,
    )
  }
  await people()
  return {
    ...project,
    people,
    async db(...words) {
      const { code, output } = await project.run('db', ...words, '--json')
      const answer = JSON.parse(output) as JsonAnswer // cast: the documented shape
      if (answer.code !== code || answer.ok !== (code === 0) || (code !== 0 && !answer.message))
        throw new Error(`mizan db ${words.join(' ')} ended with ${code} and answered ${output}`)
      return answer
    },
    async moveAside(id) {
      const [place, aside] = [
        join(project.root, 'migrations', id),
        join(project.root, `aside-${id}`),
      ]
      await rename(place, aside)
      return { restore: () => rename(aside, place) }
    },
    ids: async () =>
      (await readdir(join(project.root, 'migrations')))
        .filter((name) => /^\d{14}_[a-z0-9_]+$/.test(name))
        .toSorted(),
  }
}

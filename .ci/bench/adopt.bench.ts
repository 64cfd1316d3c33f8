/** What `mizan db adopt` takes for a PostgreSQL of 150 tables with everything around them: `make bench ONLY=adopt`. */

import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { postgres } from '@mizan/testing/resources'
import { Client } from 'pg'
import { livedSchema } from '../../cores/db-postgres/test/lived-schema.ts'
import { repository } from '../workspace.ts'
import { best, measured, type ProcessCost } from './generate/measured-process.ts'
import { benchProject } from './generate/project.ts'
import { report } from './measured.ts'

const tables = 150
const rounds = 3
const command = [
  process.execPath,
  // As a package that is installed: it runs what was built, without a loader.
  '--preserve-symlinks-main',
  join(repository, 'node_modules/@mizan/cli/bin/mizan.js'),
  'db',
]

execFileSync(join(repository, 'node_modules/.bin/tsc'), ['-b', 'cores/cli', 'cores/db-postgres'], {
  cwd: repository,
  stdio: 'inherit',
})

await using project = await benchProject({
  'mizan.config.ts': `export default { functions: ['src/*.ts'], db: { schema: 'schema.ts', dialect: 'postgres', migrations: 'migrations' } }\n`,
})
const costs: ProcessCost[] = []
for (let round = 0; round < rounds; round++) {
  // Each round has a server of its own.
  delete process.env['DATABASE_URL']
  await using server = await postgres()
  const client = new Client(server.url)
  await client.connect()
  await client.query(livedSchema(tables)).finally(() => client.end())
  for (const path of ['schema.ts', 'migrations'])
    await rm(join(project.root, path), { recursive: true, force: true })
  process.env['DATABASE_URL'] = server.url
  costs.push(await measured([...command, 'adopt', '--scratch-here'], project.root))
  // It ends with 1 when what was written is not what is there.
  await measured([...command, 'drift'], project.root)
}
report({
  what: `mizan db adopt of ${tables} tables, best of ${rounds}`,
  value: Number(best(costs).seconds.toFixed(1)),
  unit: 's',
  goal: 10,
})

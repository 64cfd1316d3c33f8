import { chmodSync, chownSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cliProject } from '../../test/cli-project.ts'

// Only root can give a folder away.
test.skipIf(process.getuid?.() !== 0)(
  'why the embedded PostgreSQL cannot run is said in a sentence, without a stack',
  async () => {
    await using project = await cliProject(
      `{ functions: ['src/**/*.ts'], db: { schema: 'schema.ts', dialect: 'postgres', migrations: 'migrations' } }`,
      { 'schema.ts': 'export {}\n' },
    )
    const folder = join(project.root, '.mizan/pg')
    mkdirSync(folder, { recursive: true })
    // In a folder that the server's account may not enter, the cluster would be kept elsewhere.
    chmodSync(project.root, 0o755)
    chownSync(folder, 12_345, 12_345)
    await using running = project.start('dev', '--', process.execPath, '--version')
    const { code, errors } = await running.ended
    expect(code).toBe(1)
    expect(errors).toContain('.mizan/pg belongs to somebody else (user id 12345); remove it')
    expect(errors).not.toContain('    at ')
  },
)

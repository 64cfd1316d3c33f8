import { postgres } from '@mizan/testing/resources'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { dbProject } from '../../test/db-project.ts'
import { loadConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { scratchOf } from './scratch-of.ts'

afterEach(() => void vi.unstubAllEnvs())

const terminal: Terminal = {
  print: () => undefined,
  say: () => undefined,
  complain: () => undefined,
  dim: (text) => text,
}

describe('on the server of the live database nothing is made', () => {
  test.for([
    ['postgres://a:b@db.example/live', 'postgres://c@db.example/other'],
    ['postgres://a:b@db.example/live', 'postgresql://db.example:5432/other'],
    ['postgres://localhost/live', 'postgres://127.0.0.1:5432/other'],
    ['postgres://localhost/live?host=/run/one', 'postgres://b/other?host=/run/one'],
  ])('%j', async ([live = '', given]) => {
    await using project = await dbProject('postgres')
    vi.stubEnv('DATABASE_URL', live)
    const loaded = await loadConfig(project.root)
    await expect(scratchOf({ loaded, url: given, here: false, terminal })).rejects.toThrow(
      '--scratch-here',
    )
  })

  test.for([
    ['postgres://db.example/live', 'postgres://db.example:5433/other'],
    ['postgres://db.example/live', 'postgres://scratch.example/live'],
    ['postgres://localhost/live?host=/run/one', 'postgres://localhost/live?host=/run/two'],
  ])('and these are two: %j', async ([live = '', given]) => {
    await using project = await dbProject('postgres')
    vi.stubEnv('DATABASE_URL', live)
    const loaded = await loadConfig(project.root)
    await using scratch = await scratchOf({ loaded, url: given, here: false, terminal })
    expect(typeof scratch.open).toBe('function')
  })

  test('unless that is said', async () => {
    await using server = await postgres()
    await using project = await dbProject('postgres')
    vi.stubEnv('DATABASE_URL', server.url)
    vi.stubEnv('NODE_ENV', 'test')
    const refused = await project.db('generate', 'first', '--scratch', server.url)
    expect(refused).toMatchObject({ code: 1, message: expect.stringContaining('--scratch-here') })
    await expect(project.ids()).rejects.toThrow('ENOENT')
    expect(await project.db('generate', 'first', '--scratch-here')).toMatchObject({ ok: true })
  })
})

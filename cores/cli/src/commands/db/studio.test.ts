import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { dbProject, sqliteIsThere } from '../../../test/db-project.ts'
import { visitStudio } from '../../../test/studio-visit.ts'

afterEach(() => void vi.unstubAllEnvs())

describe.skipIf(!sqliteIsThere)('mizan db studio', () => {
  test('prints a URL that lets somebody in, and ends with Ctrl-C', async () => {
    await using project = await dbProject('sqlite')
    await using running = project.start('db', 'studio', '--json')
    const [line] = await running.until(/^\{"ok":true.*\}\n/m)
    const { result } = JSON.parse(line) as { result: { url: string } } // cast: documented
    await running.until(/open this URL in a browser; Ctrl-C ends/)
    const { ask } = await visitStudio(result.url)
    expect((await ask('/')).body).toContain('This database has no tables')
    running.signal('SIGINT')
    const { code, output } = await running.ended
    expect(code).toBe(0)
    expect(output.trimEnd().split('\n')).toHaveLength(1)
    await expect(ask('/')).rejects.toThrow('ECONNREFUSED')
  })

  test('is refused in production, before anything is opened', async () => {
    await using project = await dbProject('sqlite')
    vi.stubEnv('NODE_ENV', 'production')
    const { code, message } = await project.db('studio')
    expect(code).toBe(1)
    expect(message).toContain('not in production')
  })

  test('says so when its port is taken, or is none', async () => {
    await using project = await dbProject('sqlite')
    vi.stubEnv('DATABASE_URL', '')
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo // cast: it listens on a port
    try {
      const { code, message } = await project.db('studio', '--port', String(port))
      expect(code).toBe(1)
      expect(message).toMatch(/^listen EADDRINUSE: address already in use 127\.0\.0\.1:\d+$/)
    } finally {
      other.close()
    }
    for (const text of ['x', '70000', '-1', '1.5', ''])
      expect(await project.db('studio', `--port=${text}`)).toMatchObject({ code: 2 })
  })
})

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { main } from '../main.ts'
import type { Terminal } from '../terminal.ts'

async function run(source: string) {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'deploy.mjs'), source)
  const printed: string[] = []
  const complaints: string[] = []
  const terminal = {
    print: (text: string) => void printed.push(text),
    say: () => undefined,
    complain: (text: string) => void complaints.push(text),
    dim: (text: string) => text,
  } as unknown as Terminal // cast: what a command uses of it
  const code = await main(['psr', 'deploy.mjs'], { terminal, folder: folder.path })
  return { code, text: printed.join('\n'), complaint: complaints.join('\n') }
}

const app = 'export const app = { start: async () => {}, close: async () => {} }'

test('what was rendered, skipped and failed is said; a failure is one of the command', async () => {
  const report = (failed: string): string => `${app}
    export const pages = { renderAll: async () => ({ rendered: ['/a/'],
      skipped: [{ path: '/b/', reason: 'it is not for everybody' }], failed: [${failed}] }) }`
  const good = await run(report(''))
  expect(good).toEqual({
    code: 0,
    text: 'rendered  /a/\nskipped   /b/  it is not for everybody\n1 rendered, 1 skipped, 0 failed',
    complaint: '',
  })
  const bad = await run(report("{ path: '/c/', reason: 'it answered 500' }"))
  expect(bad.code).toBe(1)
  expect(bad.text).toContain('failed    /c/  it answered 500')
})

test('a module that is no app, or does not load, is told what it must export', async () => {
  expect(await run('export const app = 5')).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('must export "app", from createApp(), and "pages"'),
  })
  expect(await run('throw new Error("no database")')).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('does not load: no database'),
  })
})

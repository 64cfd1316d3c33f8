import { watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { TreeWatcher } from './tree-watcher.ts'

test('a log that grows beside the sources stirs nothing, so it holds up no edit', async () => {
  await using folder = await temporaryFolder()
  const log = join(folder.path, 'server.log')
  let stirs = 0
  let onStir = (): void => undefined
  const stirred = new Promise<void>((resolve) => (onStir = resolve))
  using tree = new TreeWatcher({
    enters: () => true,
    accepts: (path) => path.endsWith('.ts'),
    onTrouble: (error) => expect.unreachable(String(error)),
    onStir() {
      stirs += 1
      onStir()
    },
  })
  tree.add([folder.path])
  // Made after the other one: what this one was told, the other one was.
  const told = new Promise((resolve) => {
    const watcher = watch(folder.path, (_event, name) => {
      if (name !== 'server.log') return
      watcher.close()
      resolve(name)
    })
  })
  writeFileSync(log, 'line')
  await told
  expect(stirs).toBe(0)
  writeFileSync(join(folder.path, 'a.ts'), '1')
  await stirred
  expect(tree.changes()).toEqual([join(folder.path, 'a.ts')])
})

import { mkdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { TreeWatcher } from './tree-watcher.ts'

interface Watched extends AsyncDisposable {
  readonly tree: TreeWatcher
  at(name: string): string
  /** How often something stirred. */
  stirs(): number
  /** Waits until an event has made `file` a change. */
  told(...files: readonly string[]): Promise<void>
}

/** Nobody sweeps here: what is told is told by events. */
async function watched(): Promise<Watched> {
  const folder = await temporaryFolder()
  let stirs = 0
  let onStir = (): void => undefined
  const tree = new TreeWatcher({
    enters: () => true,
    accepts: (path) => path.endsWith('.ts'),
    onTrouble: (error) => expect.unreachable(String(error)),
    onStir() {
      stirs += 1
      onStir()
    },
  })
  const at = (name: string): string => join(folder.path, name)
  return {
    tree,
    at,
    stirs: () => stirs,
    async told(...files) {
      const missing = new Set(files.map(at))
      while (missing.size > 0) {
        const stirred = new Promise<void>((resolve) => (onStir = resolve))
        for (const path of tree.changes()) missing.delete(path)
        if (missing.size > 0) await stirred
      }
    },
    async [Symbol.asyncDispose]() {
      tree[Symbol.dispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe('events alone tell of a write', () => {
  test('in a folder that took the place of another one', async () => {
    await using project = await watched()
    mkdirSync(project.at('src/deep'), { recursive: true })
    writeFileSync(project.at('src/deep/a.ts'), '1')
    project.tree.add([project.at('src')])
    rmSync(project.at('src/deep'), { recursive: true })
    mkdirSync(project.at('src/deep'))
    writeFileSync(project.at('src/deep/b.ts'), '1')
    await project.told('src/deep/a.ts', 'src/deep/b.ts')
    writeFileSync(project.at('src/deep/b.ts'), '2')
    await project.told('src/deep/b.ts')
    expect(project.tree.changes()).toEqual([])
  })

  test('in a watched folder whose own folder took the place of another one', async () => {
    await using project = await watched()
    mkdirSync(project.at('src/server'), { recursive: true })
    project.tree.add([project.at('src/server')])
    mkdirSync(project.at('other/server'), { recursive: true })
    writeFileSync(project.at('other/server/a.ts'), '1')
    renameSync(project.at('src'), project.at('away'))
    renameSync(project.at('other'), project.at('src'))
    await project.told('src/server/a.ts')
    writeFileSync(project.at('src/server/a.ts'), '2')
    await project.told('src/server/a.ts')
    expect(project.tree.changes()).toEqual([])
  })

  test('in a folder that was made step by step', async () => {
    await using project = await watched()
    project.tree.add([project.at('src/server')])
    mkdirSync(project.at('src'))
    project.tree.changes()
    mkdirSync(project.at('src/server'))
    writeFileSync(project.at('src/server/a.ts'), '1')
    await project.told('src/server/a.ts')
    writeFileSync(project.at('src/server/a.ts'), '2')
    await project.told('src/server/a.ts')
    expect(project.tree.changes()).toEqual([])
  })

  test('to a single file in a folder that is watched for nothing else', async () => {
    await using project = await watched()
    writeFileSync(project.at('model.ts'), '1')
    project.tree.addFiles([project.at('model.ts'), project.at('later.ts')])
    expect(project.tree.changes()).toEqual([])
    writeFileSync(project.at('other.ts'), '1')
    writeFileSync(project.at('model.ts'), '2')
    writeFileSync(project.at('later.ts'), '1')
    await project.told('model.ts', 'later.ts')
    expect(project.tree.changes()).toEqual([])
  })
})

test('a log that grows beside the sources stirs nothing, so it holds up no edit', async () => {
  await using project = await watched()
  project.tree.add([project.at('.')])
  // Made after the other one: what this one was told, the other one was.
  const told = new Promise((resolve) => {
    const watcher = watch(project.at('.'), (_event, name) => {
      if (name !== 'server.log') return
      watcher.close()
      resolve(name)
    })
  })
  writeFileSync(project.at('server.log'), 'line')
  await told
  expect(project.stirs()).toBe(0)
  writeFileSync(project.at('a.ts'), '1')
  await project.told('a.ts')
})

describe('bug: the server of mizan dev began twice after one edit, on a slow machine', () => {
  afterEach(() => void vi.useRealTimers())

  test('a file is no change because it is looked at again when its last write is long ago', async () => {
    await using place = await watched()
    place.tree.add([place.at('.')])
    writeFileSync(place.at('a.ts'), 'one')
    await place.told('a.ts')
    place.tree.changes()
    // The run that followed took so long.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    place.tree.sweep()
    expect(place.tree.changes()).toEqual([])
  })
})

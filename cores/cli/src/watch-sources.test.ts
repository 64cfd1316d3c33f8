import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { watchSources } from './watch-sources.ts'

interface Watched extends AsyncDisposable {
  readonly root: string
  /** Writes in place. */
  write(file: string, text: string): void
  /** Writes beside it and renames, as editors save. */
  save(file: string, text: string): void
  remove(path: string): void
  /** The next batch, relative to the root. */
  next(): Promise<readonly string[]>
  /** Batches until they have named all of `files`. */
  until(...files: readonly string[]): Promise<void>
  follow(...files: readonly string[]): void
  /** What a generator has read; other files are current. */
  readonly read: Map<string, string>
  /** Resolves the run of the current batch, which waits when `hold` was called. */
  hold(): () => void
}

async function watched(files: Readonly<Record<string, string>>): Promise<Watched> {
  const folder = await temporaryFolder()
  const root = folder.path
  const at = (file: string): string => join(root, file)
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(at(file)), { recursive: true })
    writeFileSync(at(file), text)
  }
  for (const [file, text] of Object.entries(files)) write(file, text)
  const batches: (readonly string[])[] = []
  const waiting: ((batch: readonly string[]) => void)[] = []
  const read = new Map<string, string>()
  let held: Promise<void> = Promise.resolve()
  const watcher = watchSources(
    { root, path: at('mizan.config.ts'), config: { functions: ['src/**/*.ts'] } },
    {
      generator: { isCurrent: (path) => !read.has(path) || read.get(path) === '' },
      terminal: { print() {}, say() {}, complain() {}, dim: (text) => text },
      async onEdit(paths) {
        const batch = paths.map((path) => path.slice(root.length + 1))
        const first = waiting.shift()
        if (first === undefined) batches.push(batch)
        else first(batch)
        await held
      },
    },
  )
  const next = (): Promise<readonly string[]> => {
    const batch = batches.shift()
    return batch === undefined
      ? new Promise((settle) => waiting.push(settle))
      : Promise.resolve(batch)
  }
  return {
    root,
    write,
    read,
    next,
    save(file, text) {
      write(`${file}~`, text)
      renameSync(at(`${file}~`), at(file))
    },
    remove: (path) => rmSync(at(path), { recursive: true }),
    async until(...wanted) {
      const missing = new Set(wanted)
      while (missing.size > 0) for (const file of await next()) missing.delete(file)
    },
    follow: (...paths) => watcher.follow(paths.map(at)),
    hold() {
      let release = (): void => undefined
      held = new Promise((resolve) => (release = resolve))
      return release
    },
    async [Symbol.asyncDispose]() {
      await watcher[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

test('a write right after the watcher was made is told, and nothing before it', async () => {
  await using project = await watched({ 'src/a.ts': '1', 'src/b.ts': '1' })
  project.write('src/a.ts', '2')
  project.follow()
  expect(await project.next()).toEqual(['src/a.ts'])
})

test('a write between the reading of a file elsewhere and its being watched is told', async () => {
  await using project = await watched({ 'src/a.ts': '1', 'lib/model.ts': '1' })
  project.read.set(join(project.root, 'lib/model.ts'), 'another text')
  project.follow('lib/model.ts')
  expect(await project.next()).toEqual(['lib/model.ts'])
  project.read.clear()
  project.write('lib/model.ts', '2')
  expect(await project.next()).toEqual(['lib/model.ts'])
})

test('each of many writes in quick succession is told, when it follows the telling of the last', async () => {
  await using project = await watched({ 'src/a.ts': 'text 000' })
  project.follow()
  // All of one length, faster than the clock of the file system: they look alike.
  for (let count = 1; count <= 60; count++) {
    project.write('src/a.ts', `text ${String(count).padStart(3, '0')}`)
    expect(await project.next()).toEqual(['src/a.ts'])
  }
})

test('a write while a batch is worked on is told after it', async () => {
  await using project = await watched({ 'src/a.ts': '1' })
  project.follow()
  const release = project.hold()
  project.write('src/a.ts', '2')
  expect(await project.next()).toEqual(['src/a.ts'])
  project.write('src/a.ts', '3')
  project.write('src/b.ts', '1')
  release()
  expect(await project.next()).toEqual(['src/a.ts', 'src/b.ts'])
})

test('a file that is saved by renaming is told every time', async () => {
  await using project = await watched({ 'src/a.ts': '1' })
  project.follow()
  for (let count = 0; count < 20; count++) {
    project.save('src/a.ts', `${count}`)
    expect(await project.next()).toEqual(['src/a.ts'])
  }
})

test('a file that is removed and made again is told both times, and at once when it comes back at once', async () => {
  await using project = await watched({ 'src/a.ts': '1' })
  project.follow()
  for (let count = 0; count < 5; count++) {
    project.remove('src/a.ts')
    expect(await project.next()).toEqual(['src/a.ts'])
    project.write('src/a.ts', '1')
    expect(await project.next()).toEqual(['src/a.ts'])
  }
  project.remove('src/a.ts')
  project.write('src/a.ts', '2')
  expect(await project.next()).toEqual(['src/a.ts'])
})

test('a new folder is told with the files in it, also those written when it is there', async () => {
  await using project = await watched({ 'src/a.ts': '1' })
  project.follow()
  project.write('src/deep/er/b.ts', '1')
  await project.until('src/deep/er/b.ts')
  project.write('src/deep/er/c.ts', '1')
  expect(await project.next()).toEqual(['src/deep/er/c.ts'])
})

test('a folder that is removed and made again is followed, whether somebody looked between or not', async () => {
  await using project = await watched({ 'src/deep/a.ts': '1' })
  project.follow()
  project.remove('src/deep')
  project.write('src/deep/b.ts', '1')
  await project.until('src/deep/a.ts', 'src/deep/b.ts')
  project.write('src/deep/b.ts', '2')
  expect(await project.next()).toEqual(['src/deep/b.ts'])
  project.remove('src')
  await project.until('src/deep/b.ts')
  project.write('src/deep/c.ts', '1')
  await project.until('src/deep/c.ts')
  project.write('src/deep/c.ts', '2')
  expect(await project.next()).toEqual(['src/deep/c.ts'])
})

test('a folder that does not exist yet is followed once it does', async () => {
  await using project = await watched({})
  project.follow()
  project.write('src/a.ts', '1')
  await project.until('src/a.ts')
  project.write('mizan.config.ts', '')
  expect(await project.next()).toEqual(['mizan.config.ts'])
})

test('a file that a link leads to is told under the name of the link', async () => {
  await using project = await watched({ 'src/a.ts': '1', 'elsewhere/b.ts': '1' })
  symlinkSync(join(project.root, 'elsewhere/b.ts'), join(project.root, 'src/b.ts'))
  symlinkSync(join(project.root, 'src'), join(project.root, 'src/round'))
  project.follow()
  expect(await project.next()).toEqual(['src/b.ts'])
  project.write('elsewhere/b.ts', '2')
  expect(await project.next()).toEqual(['src/b.ts'])
})

test('files that are no sources, generated ones and packages are not told', async () => {
  await using project = await watched({ 'src/a.ts': '1' })
  project.follow()
  for (const file of ['note.txt', 'client.gen.ts', 'node_modules/x/index.ts', '.mizan/x.json'])
    project.write(`src/${file}`, '1')
  project.write('server.log', '1')
  project.write('mizan/out.ts', '1')
  project.write('src/z.ts', '1')
  expect(await project.next()).toEqual(['src/z.ts'])
})

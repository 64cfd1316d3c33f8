/** Pages in a folder. */

import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PageStore, StoredText, WriteCondition } from './page-store.ts'

/** How a folder is used. */
export interface FilePageStoreOptions {
  readonly folder: string
  /**
   * Whether other processes write to the folder. `false` keeps what was read in memory, and is wrong as soon as there is a
   * second process.
   * @default true
   */
  readonly isShared?: boolean
}

/** Characters kept in memory by the only process of a folder. */
const maximumKept = 64 * 1024 * 1024
/** Milliseconds after which a lock is that of a process that has died. */
const lockTime = 5_000
const lockInterval = 5

/** Keeps pages in `options.folder`, which is made when it is not there. */
export function createFilePageStore(options: FilePageStoreOptions): PageStore {
  return new FilePageStore(options)
}

class FilePageStore implements PageStore {
  readonly #folder: string
  readonly #kept: Map<string, StoredText | undefined> | undefined
  #keptLength = 0

  constructor({ folder, isShared = true }: FilePageStoreOptions) {
    this.#folder = folder
    this.#kept = isShared ? undefined : new Map()
  }

  read(names: readonly string[]): Promise<(StoredText | undefined)[]> {
    return Promise.all(names.map((name) => this.#read(name)))
  }

  async write(name: string, text: string, condition?: WriteCondition): Promise<boolean> {
    const path = this.#pathOf(name)
    await mkdir(dirname(path), { recursive: true })
    const stored = { text, etag: randomUUID() }
    const temporary = `${path}.${stored.etag}.new`
    await writeWhole(temporary, `${stored.etag}\n${text}`)
    try {
      if (!(await this.#place(temporary, name, condition))) return false
    } finally {
      await rm(temporary, { force: true })
    }
    this.#keep(name, stored)
    return true
  }

  async remove(name: string): Promise<void> {
    await rm(this.#pathOf(name), { force: true })
    this.#keep(name, undefined)
  }

  async list(folder: string): Promise<string[]> {
    const names = await readdir(this.#pathOf(folder)).catch(orNothing)
    return (names ?? []).filter((name) => !/\.(new|lock)$/.test(name))
  }

  async #read(name: string): Promise<StoredText | undefined> {
    if (this.#kept?.has(name)) return this.#kept.get(name)
    const stored = await readStored(this.#pathOf(name))
    this.#keep(name, stored)
    return stored
  }

  async #place(temporary: string, name: string, condition?: WriteCondition): Promise<boolean> {
    const path = this.#pathOf(name)
    if (condition === undefined) await rename(temporary, path)
    // Fails when somebody was there before, in one step.
    else if (condition.etag === null) return link(temporary, path).then(() => true, orExists)
    else {
      return withLock(`${path}.lock`, async () => {
        if ((await readStored(path))?.etag !== condition.etag) return false
        await rename(temporary, path)
        return true
      })
    }
    return true
  }

  #keep(name: string, stored: StoredText | undefined): void {
    if (this.#kept === undefined) return
    this.#keptLength += (stored?.text.length ?? 0) + name.length
    if (this.#keptLength > maximumKept) {
      this.#kept.clear()
      this.#keptLength = 0
    }
    this.#kept.set(name, stored)
  }

  #pathOf(name: string): string {
    if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(name)) throw new TypeError(`"${name}" names no page`)
    return join(this.#folder, name)
  }
}

async function readStored(path: string): Promise<StoredText | undefined> {
  const content = await readFile(path, 'utf8').catch(orNothing)
  const end = content?.indexOf('\n') ?? -1
  if (content === undefined || end === -1) return undefined
  return { etag: content.slice(0, end), text: content.slice(end + 1) }
}

/** On disk before it has its name: after a crash there is a whole page or none. */
async function writeWhole(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function withLock<T>(path: string, run: () => Promise<T>): Promise<T> {
  for (;;) {
    const file = await open(path, 'wx').catch(orExists)
    if (file !== false) {
      try {
        await file.close()
        return await run()
      } finally {
        await rm(path, { force: true })
      }
    }
    const since = (await stat(path).catch(orNothing))?.mtimeMs ?? Infinity
    if (Date.now() - since > lockTime) await rm(path, { force: true })
    await new Promise((resolve) => setTimeout(resolve, lockInterval))
  }
}

function orNothing(error: unknown): undefined {
  const code = codeOf(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
  throw error
}

function orExists(error: unknown): false {
  if (codeOf(error) === 'EEXIST') return false
  throw error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

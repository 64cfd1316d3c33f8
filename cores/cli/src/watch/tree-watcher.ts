/**
 * Watches folders and single files, and loses nothing. A folder is watched before it is looked at, so every write after
 * a look makes an event, and every event makes a look: what somebody reads after a look is current, or will be told.
 */

import { type Dirent, type FSWatcher, readdirSync, realpathSync, watch } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { folderIdentity, isSame, type Stamp, type Stamped, stampOf } from './stamp.ts'

/** What is watched, and who is told. */
export interface TreeWatcherOptions {
  /** Whether a folder below a watched one is entered. */
  enters(path: string): boolean
  /** Whether edits of a file in a watched folder are told. */
  accepts(path: string): boolean
  /** Something may have changed; `changes()` says what. */
  onStir(): void
  /** The system gives no more events; from then on the watcher looks once a second. */
  onTrouble(error: unknown): void
}

interface Folder {
  readonly identity: string
  readonly watcher: FSWatcher | undefined
  /** Whether everything in it is watched, or only files that were named. */
  deep: boolean
  readonly files: Map<string, Stamp>
}

interface Link {
  readonly target: string
  readonly watcher: FSWatcher | undefined
}

const pollInterval = 1000

/** Made for one purpose, closed once. */
export class TreeWatcher implements Disposable {
  readonly #options: TreeWatcherOptions
  /** What was asked for, whether it exists or not. */
  readonly #roots = new Set<string>()
  readonly #singles = new Set<string>()
  readonly #folders = new Map<string, Folder>()
  readonly #links = new Map<string, Link>()
  /** Names of the entries that events were about, by folder; `undefined` stands for all. */
  readonly #stirred = new Map<string, Set<string> | undefined>()
  #poll: NodeJS.Timeout | undefined

  constructor(options: TreeWatcherOptions) {
    this.#options = options
  }

  /** Watches everything in folders, and files, now or once they exist; the state of now is no change. */
  add(paths: readonly string[]): void {
    for (const path of paths) {
      this.#roots.add(path)
      this.#settle(path)
    }
    this.#look(new Set())
  }

  /** Watches single files besides, now or once they exist; the state of now is no change. */
  addFiles(paths: readonly string[]): void {
    for (const path of paths) {
      if (this.#folders.get(dirname(path))?.files.has(basename(path)) === true) continue
      this.#singles.add(path)
      this.#settle(path)
      const stamp = stampOf(path)
      if (stamp !== undefined) this.#folders.get(dirname(path))?.files.set(basename(path), stamp)
    }
  }

  /** Files that were written, made or removed since the last time. */
  changes(): string[] {
    const found = new Set<string>()
    this.#look(found)
    return [...found].sort()
  }

  /** Makes the next look one at everything: there may have been more events than the system keeps. */
  sweep(): void {
    for (const path of this.#folders.keys()) this.#stirred.set(path, undefined)
    for (const path of [...this.#roots, ...this.#singles]) this.#settle(path)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#poll)
    for (const { watcher } of this.#folders.values()) watcher?.close()
    for (const { watcher } of this.#links.values()) watcher?.close()
    this.#folders.clear()
    this.#links.clear()
    this.#stirred.clear()
  }

  /** Watches a folder that was asked for, or the nearest one above that exists. */
  #settle(path: string): void {
    if (this.#roots.has(path)) {
      if (folderIdentity(path) !== undefined) this.#watch(path, true)
      else this.#singles.add(path) // a file, until it is a folder
    }
    let folder = dirname(path)
    while (folderIdentity(folder) === undefined && dirname(folder) !== folder)
      folder = dirname(folder)
    this.#watch(folder, false)
  }

  /** Watches a folder unless it is watched already; a new one is to be looked at as a whole. */
  #watch(path: string, deep: boolean): void {
    const known = this.#folders.get(path)
    const identity = folderIdentity(path)
    if (identity === undefined) return
    if (known?.identity === identity) {
      if (!deep || known.deep) return
      known.deep = true
    } else {
      known?.watcher?.close()
      const watcher = this.#listen(path, (name) => this.#stir(path, name))
      const files = known?.files ?? new Map<string, Stamp>()
      this.#folders.set(path, { identity, watcher, deep: deep || known?.deep === true, files })
    }
    this.#stirred.set(path, undefined)
  }

  #listen(path: string, onEvent: (name: string | undefined) => void): FSWatcher | undefined {
    try {
      const watcher = watch(path, (_event, name) => onEvent(name ?? undefined))
      // A folder that went away, on some systems.
      watcher.on('error', () => onEvent(undefined))
      return watcher
    } catch (error) {
      if (folderIdentity(path) !== undefined) this.#pollInstead(error)
      return undefined
    }
  }

  #pollInstead(error: unknown): void {
    if (this.#poll !== undefined) return
    this.#options.onTrouble(error)
    this.#poll = setInterval(() => {
      this.sweep()
      this.#options.onStir()
    }, pollInterval)
  }

  #stir(folder: string, name: string | undefined): void {
    if (name !== undefined && !this.#concerns(folder, name)) return
    if (name === undefined) this.#stirred.set(folder, undefined)
    else if (!this.#stirred.has(folder)) this.#stirred.set(folder, new Set([name]))
    else this.#stirred.get(folder)?.add(name)
    this.#options.onStir()
  }

  /** Whether an event can be about anything here: a log that grows beside the sources is not. */
  #concerns(folder: string, name: string): boolean {
    const path = join(folder, name)
    if (name === basename(folder) || this.#folders.has(path)) return true
    const wanted = [...this.#roots, ...this.#singles]
    if (wanted.some((each) => each === path || isBelow(each, path))) return true
    if (this.#folders.get(folder)?.deep !== true) return false
    return (
      this.#options.accepts(path) ||
      (folderIdentity(path) !== undefined && this.#options.enters(path))
    )
  }

  #look(found: Set<string>): void {
    // Looking finds folders, which want to be looked at.
    while (this.#stirred.size > 0) {
      for (const [folder, names] of [...this.#stirred].sort(byPath)) {
        this.#stirred.delete(folder)
        this.#examine(folder, names, found)
      }
    }
  }

  #examine(path: string, names: ReadonlySet<string> | undefined, found: Set<string>): void {
    // Another folder may stand there by now.
    this.#watch(path, false)
    const folder = this.#folders.get(path)
    const entries = folder === undefined ? undefined : entriesOf(path)
    if (folder === undefined) return
    if (entries === undefined) {
      this.#forget(path, found)
      return
    }
    const files = new Set([...folder.files.keys(), ...this.#filesAmong(entries, path, folder.deep)])
    for (const name of files) {
      const isNamed = names === undefined || names.has(name)
      if (compare(folder.files, { path: join(path, name), name, isNamed }))
        found.add(join(path, name))
    }
    const inner = entries.filter(isFolder(path)).map(({ name }) => join(path, name))
    if (folder.deep)
      for (const each of inner) if (this.#options.enters(each)) this.#watch(each, true)
    for (const each of [...this.#folders.keys()])
      if (dirname(each) === path && each !== path && !inner.includes(each))
        this.#forget(each, found)
    // What was asked for, or the way to it, may have come.
    for (const wanted of [...this.#roots, ...this.#singles])
      if (isBelow(wanted, path)) this.#settle(wanted)
  }

  #filesAmong(entries: readonly Dirent[], path: string, deep: boolean): string[] {
    const isFolderHere = isFolder(path)
    return entries
      .filter((entry) => {
        const file = join(path, entry.name)
        const isWanted = (deep && this.#options.accepts(file)) || this.#singles.has(file)
        if (!isWanted || isFolderHere(entry)) return false
        if (entry.isSymbolicLink()) this.#followLink(path, entry.name)
        return true
      })
      .map(({ name }) => name)
  }

  /** Writes to what a link leads to are events of another folder. */
  #followLink(folder: string, name: string): void {
    const path = join(folder, name)
    const target = targetOf(path)
    const known = this.#links.get(path)
    if (known?.target === target) return
    known?.watcher?.close()
    this.#links.delete(path)
    if (target === undefined) return
    const watcher = this.#listen(dirname(target), (changed) => {
      if (changed === undefined || changed === basename(target)) this.#stir(folder, name)
    })
    this.#links.set(path, { target, watcher })
  }

  /** A folder that is gone, with everything in it. */
  #forget(path: string, found: Set<string>): void {
    for (const [each, { watcher, files }] of [...this.#folders]) {
      if (each !== path && !isBelow(each, path)) continue
      watcher?.close()
      this.#folders.delete(each)
      this.#stirred.delete(each)
      for (const name of files.keys()) found.add(join(each, name))
    }
    for (const wanted of [...this.#roots, ...this.#singles])
      if (wanted === path || isBelow(wanted, path)) this.#settle(wanted)
  }
}

interface Compared extends Stamped {
  readonly name: string
}

/** Whether a file is another one than it was; remembers what it is. */
function compare(files: Map<string, Stamp>, compared: Compared): boolean {
  const { path, name } = compared
  const before = files.get(name)
  const now = stampOf(path)
  if (now === undefined) return files.delete(name)
  files.set(name, now)
  return before === undefined || !isSame(before, now, compared)
}

function entriesOf(path: string): Dirent[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch {
    return undefined
  }
}

/** A folder, or a link to one that does not hold the link itself. */
function isFolder(parent: string): (entry: Dirent) => boolean {
  return (entry) => {
    if (!entry.isSymbolicLink()) return entry.isDirectory()
    const identity = folderIdentity(join(parent, entry.name))
    if (identity === undefined) return false
    for (let above = parent; dirname(above) !== above; above = dirname(above))
      if (folderIdentity(above) === identity) return false
    return true
  }
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync(link)
  } catch {
    return undefined
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

function byPath([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}

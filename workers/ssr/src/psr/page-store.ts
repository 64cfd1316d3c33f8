/** Where rendered pages are kept: small named texts with compare-and-set, as file systems, Redis and object storages have them. */

/** One text. */
export interface StoredText {
  readonly text: string
  /** Another one after each write. */
  readonly etag: string
}

/** On what a write depends. */
export interface WriteCondition {
  /** The one that was read before; `null` when nothing may be there. */
  readonly etag: string | null
}

/**
 * A store of texts by name. Names are of `a-z`, `0-9`, `-` and `/`. Whatever it forgets is rendered anew; what it gives must be what
 * was written last, to any process.
 */
export interface PageStore {
  /** In the order of `names`; `undefined` where there is nothing. */
  read(names: readonly string[]): Promise<readonly (StoredText | undefined)[]>
  /** Resolves to whether it was written: a condition may not hold. */
  write(name: string, text: string, condition?: WriteCondition): Promise<boolean>
  remove(name: string): Promise<void>
  /** What stands directly in the folder, without its name: `list('index/ab')` of `index/ab/cd` gives `cd`. */
  list(folder: string): Promise<readonly string[]>
  close?(): Promise<void>
}

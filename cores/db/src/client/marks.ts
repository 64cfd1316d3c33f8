/** Which tables were changed through a client, and where in the primary's log a replica has to be to have that. */

import { everything } from '../query/tags.ts'

/** A change that replicas may not have yet. */
export interface Mark {
  /** When it was told of, in milliseconds. */
  readonly at: number
  /** A place in the primary's log behind the change, and its number among the places; undefined until it is known. */
  readonly place: { readonly text: string; readonly order: number } | undefined
}

/** What marks are made with. */
export interface MarksOptions {
  /** Asks the primary for a place behind everything that was committed; undefined: its log has none to tell. */
  readonly ask: (() => Promise<string>) | undefined
  /** Milliseconds. */
  readonly clock: () => number
}

/** After the primary did not answer, in milliseconds. */
const patience = 100

/** The latest change of each table. */
export class Marks {
  readonly #options: MarksOptions
  readonly #marks = new Map<string, Mark>()
  /** Tables whose place was not asked for since they changed. */
  #unplaced = new Set<string>()
  #order = 0
  #asking = false
  #askAgainAt = -Infinity

  constructor(options: MarksOptions) {
    this.#options = options
  }

  /** Something was committed: `writes` are its data tags. */
  add(writes: readonly string[]): void {
    const at = this.#options.clock()
    for (const tag of writes) {
      const [table = tag] = tag.split(':', 1)
      this.#marks.set(table, { at, place: undefined })
      this.#unplaced.add(table)
    }
    void this.#findPlaces()
  }

  /** The marks that a read of `tables` has to see; `*` among them: all. */
  of(tables: ReadonlySet<string>): readonly Mark[] {
    if (this.#marks.size === 0) return []
    void this.#findPlaces()
    const isAll = tables.has(everything)
    const marks: Mark[] = []
    for (const [table, mark] of this.#marks)
      if (isAll || table === everything || tables.has(table)) marks.push(mark)
    return marks
  }

  /** What all replicas have needs no mark. */
  drop(isEverywhere: (mark: Mark) => boolean): void {
    for (const [table, mark] of this.#marks) if (isEverywhere(mark)) this.#marks.delete(table)
  }

  async #findPlaces(): Promise<void> {
    const { ask, clock } = this.#options
    if (ask === undefined || this.#asking || this.#unplaced.size === 0) return
    if (clock() < this.#askAgainAt) return
    this.#asking = true
    try {
      while (this.#unplaced.size > 0) await this.#findPlace(ask)
    } catch {
      // Until the primary answers again, these tables are read from it.
      this.#askAgainAt = clock() + patience
    } finally {
      this.#asking = false
    }
  }

  async #findPlace(ask: () => Promise<string>): Promise<void> {
    const tables = this.#unplaced
    this.#unplaced = new Set()
    let text: string
    try {
      text = await ask()
    } catch (error) {
      for (const table of tables) this.#unplaced.add(table)
      throw error
    }
    const order = (this.#order += 1)
    for (const table of tables) {
      const mark = this.#marks.get(table)
      // What changed again meanwhile gets a place of its own.
      if (mark === undefined || this.#unplaced.has(table)) continue
      this.#marks.set(table, { ...mark, place: { text, order } })
    }
  }
}

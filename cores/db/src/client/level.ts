/** One level of nested transactions, and what is to be told when it is stored. */

/** What a statement changed, told when that is stored. */
export interface Report {
  /** Data tags. */
  readonly writes: readonly string[]
  tell(): void
}

/** A transaction, or a savepoint in one. */
export class Level {
  /** Undefined for the outermost: a real transaction. */
  readonly parent: Level | undefined
  /** Undefined for the outermost. */
  readonly savepoint: string | undefined
  /** Work that was not begun through this level stands in it, because it overlapped in time. */
  hasForeignWork = false
  /** Whether what is called inside of it is known to be (`AmbientLevel`): what is not waits until it has ended. */
  isMarked = false
  /** It holds one statement: whatever else comes on the connection meanwhile waits until it has ended. */
  isAlone = false
  /** Resolves when the level has ended, either way. */
  readonly closed: Promise<void>
  #close: () => void = () => undefined
  #state: 'open' | 'kept' | 'undone' = 'open'
  #reports: Report[] = []

  constructor(parent?: Level, savepoint?: string) {
    this.parent = parent
    this.savepoint = savepoint
    this.closed = new Promise((resolve) => {
      this.#close = resolve
    })
  }

  /** Data tags of what was changed so far, in the levels that became part of this one too. */
  get writes(): readonly string[] {
    return [...new Set(this.#reports.flatMap(({ writes }) => writes))]
  }

  /** Tells `report` when what was done on this level is stored: perhaps now, perhaps never. */
  whenCommitted(report: Report): void {
    if (this.#state === 'open') this.#reports.push(report)
    else if (this.#state === 'kept') this.#pass(report)
  }

  /** It is part of its parent now, or stored. */
  keep(): void {
    this.#state = 'kept'
    this.#close()
    for (const report of this.#reports.splice(0)) this.#pass(report)
  }

  /** Nothing of it happened. */
  undo(): void {
    this.#state = 'undone'
    this.#close()
    this.#reports = []
  }

  #pass(report: Report): void {
    if (this.parent === undefined) report.tell()
    else this.parent.whenCommitted(report)
  }
}

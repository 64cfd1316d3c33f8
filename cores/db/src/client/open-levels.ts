/** The transaction of a connection and the savepoints in it that have not ended. */

import type { Level } from './level.ts'

/** The outermost first. */
export class OpenLevels {
  readonly #levels: Level[] = []

  get innermost(): Level | undefined {
    return this.#levels.at(-1)
  }

  get outermost(): Level | undefined {
    return this.#levels[0]
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0
  }

  has(level: Level): boolean {
    return this.#levels.includes(level)
  }

  add(level: Level): void {
    this.#levels.push(level)
  }

  /** Those that stand in `level`. */
  inside(level: Level): readonly Level[] {
    const at = this.#levels.indexOf(level)
    return at === -1 ? [] : this.#levels.slice(at + 1)
  }

  /** The inner one of the level that something was asked of and the level that its caller is in. */
  deepest(asked: Level | undefined, ambient: Level | undefined): Level | undefined {
    const { outermost } = this
    const own = asked ?? (outermost?.isAlone === true ? undefined : outermost)
    const of = (level: Level | undefined): number =>
      level === undefined ? -1 : this.#levels.indexOf(level)
    return ambient !== undefined && of(own) !== -1 && of(ambient) > of(own) ? ambient : own
  }

  /** Levels inside `level` took something in that was meant for `level`: they cannot be undone without it. */
  markForeign(level: Level | undefined): void {
    if (level !== undefined) for (const inner of this.inside(level)) inner.hasForeignWork = true
  }

  /** Levels that were begun later and side by side with this one end first. */
  async untilInnermost(level: Level): Promise<void> {
    for (;;) {
      const { innermost } = this
      if (innermost === undefined || innermost === level || !this.has(level)) return
      await innermost.closed
    }
  }

  /** Ends a level; those inside it that have not ended are undone. */
  close(level: Level, how: 'keep' | 'undo'): void {
    const at = this.#levels.indexOf(level)
    if (at === -1) return
    for (const inner of this.#levels.splice(at).slice(1)) inner.undo()
    level[how]()
  }
}

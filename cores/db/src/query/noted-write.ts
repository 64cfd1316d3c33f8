/** What a statement does to a table, with the values that stand in it or come with each run. */

import type { AnyBoundColumn } from '../schema/column.ts'
import type { TableFacts } from '../schema/table-facts.ts'
import type { KnownValues, TableWrite } from './analysis.ts'
import { isStoredAsGiven, valueTag } from './tags.ts'

/** A value that a statement gives to a tag column, or compares it with. */
export interface GivenValue {
  readonly column: AnyBoundColumn
  readonly value: unknown
  /** Its index among the values that come with each run; undefined for one that is part of the statement. */
  readonly slot: number | undefined
}

/** What {@link TableWrite} says, before the values of a run. */
export interface WriteFacts {
  readonly kind: TableWrite['kind']
  readonly table: TableFacts
  readonly outermost: boolean
  readonly sqlName: string
  readonly assigned: ReadonlySet<AnyBoundColumn>
  readonly becomes: readonly GivenValue[]
  readonly equals: readonly GivenValue[]
  readonly rows: readonly (readonly GivenValue[])[] | undefined
}

/** Its known values are looked up when somebody asks for them. */
export class NotedWrite implements TableWrite {
  readonly #facts: WriteFacts
  /** Of one run; undefined: nothing is known of them. */
  readonly #values: readonly unknown[] | undefined
  #becomes: KnownValues | undefined
  #equals: KnownValues | undefined
  #rows: readonly KnownValues[] | undefined

  constructor(facts: WriteFacts, values?: readonly unknown[]) {
    this.#facts = facts
    this.#values = values
  }

  get kind(): TableWrite['kind'] {
    return this.#facts.kind
  }

  get table(): TableFacts {
    return this.#facts.table
  }

  get outermost(): boolean {
    return this.#facts.outermost
  }

  get sqlName(): string {
    return this.#facts.sqlName
  }

  get assigned(): ReadonlySet<AnyBoundColumn> {
    return this.#facts.assigned
  }

  get becomes(): KnownValues {
    this.#becomes ??= this.#stored(this.#facts.becomes)
    return this.#becomes
  }

  get equals(): KnownValues {
    this.#equals ??= this.#compared()
    return this.#equals
  }

  get rows(): readonly KnownValues[] | undefined {
    this.#rows ??= this.#facts.rows?.map((row) => this.#stored(row))
    return this.#rows
  }

  with(values: readonly unknown[]): NotedWrite {
    return new NotedWrite(this.#facts, values)
  }

  #isKnown({ slot }: GivenValue): boolean {
    return slot === undefined || this.#values !== undefined
  }

  #valueOf({ slot, value }: GivenValue): unknown {
    return slot === undefined ? value : this.#values?.[slot]
  }

  #stored(given: readonly GivenValue[]): KnownValues {
    const known = new Map<AnyBoundColumn, unknown>()
    for (const one of given) {
      const value = this.#valueOf(one)
      if (this.#isKnown(one) && isStoredAsGiven(one.column, value)) known.set(one.column, value)
      else known.delete(one.column)
    }
    return known
  }

  #compared(): KnownValues {
    const known = new Map<AnyBoundColumn, unknown>()
    for (const one of this.#facts.equals) {
      const value = this.#valueOf(one)
      if (this.#isKnown(one) && valueTag(one.column, value) !== undefined)
        known.set(one.column, value)
    }
    return known
  }
}

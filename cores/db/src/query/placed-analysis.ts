/** What a statement reads and writes: without the values that come with each run, and with them. */

import type { Analysis, Place, TableRead } from './analysis.ts'
import type { Output } from './source.ts'
import { valueTag } from './tags.ts'

/** What is known of a statement before its values. */
interface Unplaced {
  readonly analysis: Analysis
  /** Of each read, the value that it is placed by. */
  readonly placed: readonly (number | undefined)[]
}

/** What is known of a statement, by the values of one run; made when somebody asks. */
export class PlacedAnalysis implements Analysis {
  readonly output: Output
  readonly opaque: Analysis['opaque']
  readonly #prepared: Unplaced
  readonly #values: readonly unknown[]
  #writes: Analysis['writes'] | undefined

  constructor(prepared: Unplaced, values: readonly unknown[]) {
    this.#prepared = prepared
    this.#values = values
    const { output, opaque } = prepared.analysis
    this.output = output
    this.opaque = opaque
  }

  get writes(): Analysis['writes'] {
    this.#writes ??= this.#prepared.analysis.writes.map((write) => write.with(this.#values))
    return this.#writes
  }

  get reads(): readonly TableRead[] {
    const { analysis, placed } = this.#prepared
    return analysis.reads.map((read, index) => {
      const slot = placed[index]
      if (read.place !== undefined) return { ...read, place: filled(read.place, this.#values) }
      if (slot === undefined || read.equals === undefined) return read
      const { column } = read.equals
      const value = this.#values[slot]
      return {
        ...read,
        equals: valueTag(column, value) === undefined ? undefined : { column, value },
      }
    })
  }
}

function filled<P extends Place>(place: P, values: readonly unknown[]): P {
  if (place.kind === 'keys') return { ...place, of: filled(place.of, values) }
  if (place.slot === undefined) return place
  const value = values[place.slot]
  // cast: the value of a list is the list
  return place.kind === 'list'
    ? { ...place, values: value as readonly unknown[] }
    : { ...place, value }
}

/** What holds of a statement whatever its values are; what it writes is not known without them anyway. */
export function unplaced(analysis: Analysis): Analysis {
  return {
    ...analysis,
    reads: analysis.reads.map(({ table, equals }) => ({
      table,
      equals: equals?.source === undefined ? equals : undefined,
    })),
  }
}

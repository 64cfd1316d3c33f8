/** What the last run without problems has read, and which of it still holds. */

import type { ts } from 'ts-morph'
import { type NamedType, namedTypesOf, type TypeNode } from '../ir/type.ts'
import { changedModules, type SourceFiles, sourceFilesOf } from './changed-modules.ts'
import { type FileReading, typesOfReading } from './file-reading.ts'
import type { Reading } from './reading.ts'
import type { Definition, TypeReader } from './types.ts'

/** What need not be read again. */
export interface Recalled {
  readonly readings: ReadonlyMap<ts.SourceFile, FileReading>
  /** The named types that these readings lead to. */
  readonly definitions: readonly Definition[]
  readonly resultOnly: ReadonlyMap<TypeNode, string>
}

/** Nothing: everything is to be read. */
export const nothingRecalled: Recalled = {
  readings: new Map(),
  definitions: [],
  resultOnly: new Map(),
}

/** The memory of an open project. */
export class ReadMemory {
  #files: SourceFiles = new Map()
  #last: Recalled = nothingRecalled

  /** What holds in the program of `reading`. */
  recall(reading: Reading): Recalled {
    const changed = changedModules(reading, this.#files)
    if (changed === undefined) return nothingRecalled
    const isUnchanged = (file: ts.SourceFile): boolean =>
      reading.program.getSourceFile(file.fileName) === file && !changed.has(file)
    const readings = new Map([...this.#last.readings].filter(([file]) => isUnchanged(file)))
    this.#dropSharing(readings)
    const reached = new Set(namedTypesOf([...readings.values()].flatMap(typesOfReading)))
    return {
      readings,
      definitions: this.#last.definitions.filter(({ type }) => reached.has(type)),
      resultOnly: this.#last.resultOnly,
    }
  }

  /** Keeps a run that had no problems. */
  remember(readings: ReadonlyMap<ts.SourceFile, FileReading>, types: TypeReader): void {
    this.#files = sourceFilesOf(types.reading.program)
    const reached = new Set(namedTypesOf([...readings.values()].flatMap(typesOfReading)))
    const definitions = types.definitions.filter(({ type }) => reached.has(type))
    this.#last = { readings, definitions, resultOnly: types.resultOnly }
  }

  /**
   * A type that the next run cannot recognise (an instantiation, a type without a name) is read as a whole: where a
   * module that is read again had a part in it, all that share it are read again.
   */
  #dropSharing(readings: Map<ts.SourceFile, FileReading>): void {
    const anchored = new Set(
      this.#last.definitions.flatMap(({ type, anchor }) => (anchor === undefined ? [] : [type])),
    )
    const owners = new Map<NamedType, ts.SourceFile[]>()
    const parts = new Map<ts.SourceFile, NamedType[]>()
    for (const [file, reading] of this.#last.readings) {
      const own = namedTypesOf(typesOfReading(reading)).filter((type) => !anchored.has(type))
      parts.set(file, own)
      for (const type of own) owners.set(type, [...(owners.get(type) ?? []), file])
    }
    const dropped = new Set([...this.#last.readings.keys()].filter((file) => !readings.has(file)))
    for (const file of dropped) {
      for (const sharer of (parts.get(file) ?? []).flatMap((type) => owners.get(type) ?? [])) {
        dropped.add(sharer)
        readings.delete(sharer)
      }
    }
  }
}

/** Whether a type was read anew although it is one of those that were recalled: the two cannot both be written. */
export function hasTwins(recalled: Recalled, types: TypeReader): boolean {
  const known = new Set(recalled.definitions.map(({ wanted, file }) => `${wanted} ${file}`))
  const isRecalled = new Set(recalled.definitions)
  return types.definitions.some(
    (definition) =>
      !isRecalled.has(definition) && known.has(`${definition.wanted} ${definition.file}`),
  )
}
